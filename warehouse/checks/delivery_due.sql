-- What is due says when; what is at its end does not come again.
select mail_id, recipient, state, due_at from base.deliveries where (state = 'due') <> (due_at is not null);
