-- The three probabilities are within 0 and 1 and sum to 1.
select finding_id, supports, contradicts, neutral
from base.findings
where abs(supports + contradicts + neutral - 1) > 0.001 or least(supports, contradicts, neutral) < 0
    or (verdict in ('supports', 'contradicts') and supports is null);
