-- A told alert has its mail, and a mail that tells something has recipients.
select 'alert' as what, alert_id as id from base.alerts
where mail_id is not null and mail_id not in (select mail_id from base.mails)
union all
select 'mail', mail_id from base.mails where mail_id not in (select mail_id from base.deliveries);
