-- What is due, in the order in which it is read: a page begins where the one before it ended.
drop index auto_payment_due;
create index auto_payment_due on auto_payment (next_attempt_at, id) where next_attempt_at is not null;
drop index auto_payment_attempt_due;
create index auto_payment_attempt_due on auto_payment_attempt (ask_at, payment_id) where state = 'OPEN';

-- By age, for what is forgotten with time.
create index idempotency_key_by_age on idempotency_key (created_at);
create index inbox_by_age on inbox (received_at);
alter table merchant_transaction add column taken_at timestamptz not null default now();
create index merchant_transaction_by_age on merchant_transaction (taken_at);
