-- The outbox: what there is to tell, the mails that tell it, and what became of each mail at each recipient.

create table base.alerts (
    alert_id text primary key,
    seed_id text not null,
    kind text not null,
    fact_id text not null,
    finding_ids text[] not null,
    standing_before text,
    standing_after text,
    raised_at timestamp not null,
    run_id text not null,
    mail_id text,
    withdrawn_at timestamp
);
comment on table base.alerts is 'One row a thing that a person is told once.';
comment on column base.alerts.alert_id is 'Content id of what makes it one thing: seed, fact, kind and text.';
comment on column base.alerts.seed_id is 'Seed.';
comment on column base.alerts.kind is 'contradiction, or standing: a change of it.';
comment on column base.alerts.fact_id is 'Fact.';
comment on column base.alerts.finding_ids is 'Findings in copies of one text, the earliest reported first; empty for other kinds.';
comment on column base.alerts.standing_before is 'Of a standing alert.';
comment on column base.alerts.standing_after is 'Of a standing alert.';
comment on column base.alerts.raised_at is 'UTC.';
comment on column base.alerts.run_id is 'Run that raised it.';
comment on column base.alerts.mail_id is 'Mail that tells it; null while it waits.';
comment on column base.alerts.withdrawn_at is 'When none of its findings counted any more before it was told, UTC.';

create table base.mails (
    mail_id text primary key,
    seed_id text not null,
    kind text not null,
    fact_id text,
    message_id text not null,
    subject text not null,
    content text not null,
    composed_at timestamp not null
);
comment on table base.mails is 'One row a mail, kept as it is sent, so that another attempt sends the same.';
comment on column base.mails.mail_id is 'Content id of what it tells.';
comment on column base.mails.seed_id is 'Seed.';
comment on column base.mails.kind is 'fact: about one; summary: about several.';
comment on column base.mails.fact_id is 'Fact, where it is about one.';
comment on column base.mails.message_id is 'Message-ID, made of mail_id.';
comment on column base.mails.subject is 'Subject as a person reads it.';
comment on column base.mails.content is 'The message in ASCII, without From and To, which are put before it.';
comment on column base.mails.composed_at is 'UTC.';

create table base.deliveries (
    mail_id text,
    recipient text,
    state text not null,
    attempts integer not null,
    due_at timestamp,
    tried_at timestamp,
    detail text,
    primary key (mail_id, recipient)
);
comment on table base.deliveries is 'One row a mail and recipient.';
comment on column base.deliveries.mail_id is 'Mail.';
comment on column base.deliveries.recipient is 'Address.';
comment on column base.deliveries.state is 'due, sent, written (to a file), refused (by the server, for good) or expired.';
comment on column base.deliveries.attempts is 'How often it was tried.';
comment on column base.deliveries.due_at is 'Tried again from then on, UTC; null when that is the end of it.';
comment on column base.deliveries.tried_at is 'Last attempt, UTC.';
comment on column base.deliveries.detail is 'What the server said last, or where the file is.';
