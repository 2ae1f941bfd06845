-- An entry is tried again exactly while its refusal is temporary and it was tried fewer than five times.
select entry_id, temporary, attempts, read_at, retry_at
from base.readings
where (temporary and attempts < 5) <> (retry_at is not null) or retry_at <= read_at;
