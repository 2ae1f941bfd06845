create or replace view mails as
select
    m.composed_at,
    m.seed_id,
    m.kind,
    m.subject,
    d.recipient,
    d.state,
    d.attempts,
    d.tried_at,
    d.due_at,
    d.detail,
    coalesce(a.alerts, 0) as alerts,
    m.message_id,
    m.mail_id
from base.mails m
join base.deliveries d using (mail_id)
left join (select mail_id, count(*) as alerts from base.alerts where mail_id is not null group by mail_id) a using (mail_id)
order by m.composed_at desc, m.mail_id, d.recipient;

comment on view mails is 'One row a mail and recipient, the latest first.';
comment on column mails.composed_at is 'UTC.';
comment on column mails.seed_id is 'Seed.';
comment on column mails.kind is 'fact: about one; summary: about several; notice: of feeds and runs; digest: of a day or week.';
comment on column mails.subject is 'Subject.';
comment on column mails.recipient is 'Address.';
comment on column mails.state is 'due, sent, written (to a file), refused (by the server, for good) or expired.';
comment on column mails.attempts is 'How often it was tried.';
comment on column mails.tried_at is 'Last attempt, UTC.';
comment on column mails.due_at is 'Tried again from then on, UTC.';
comment on column mails.detail is 'What the server said last, or where the file is.';
comment on column mails.alerts is 'How many alerts it tells.';
comment on column mails.message_id is 'Message-ID.';
comment on column mails.mail_id is 'Key.';
