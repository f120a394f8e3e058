-- An event that its receiver did not take is brought again later, after ever longer pauses, and those of others go past it.
-- `row_key` is what it is one of a row of: those behind it in its row wait for it. Null for what was left before.
alter table outbox
  add column row_key text,
  add column failures integer not null default 0 check (failures >= 0),
  add column next_try_at timestamptz not null default '-infinity';
drop index outbox_by_receiver;
create index outbox_to_bring on outbox (receiver, next_try_at, created_at, id);
create index outbox_not_taken on outbox (receiver, row_key) where failures > 0;
