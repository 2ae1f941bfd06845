-- What is known of a feed's schedule fits together: bounds of the interval, a failure for failures, moves and silence.
select feed_id, url, failures, failure, charged, interval_seconds, moving_to, moving_seen, gone_at, silent_since_at
from base.feeds
where interval_seconds not between 300 and 86400
    or failures < 0 or charged < 0 or charged > failures or entries_per_day < 0
    or (failures > 0) <> (failure is not null)
    or (moving_to is null) <> (moving_seen = 0) or moving_seen not between 0 and 2
    or (gone_at is not null and failures = 0)
    or silent_since_at <> last_new_at
    or due_at <= polled_at
    or (polled_at is null and paused_at is null and first_polled_at is not null);
