-- What an alert is about is stored.
select a.alert_id, u.finding_id
from base.alerts a, unnest(a.finding_ids) u(finding_id)
where u.finding_id not in (select finding_id from base.findings);
