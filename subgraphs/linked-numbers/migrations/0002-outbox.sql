-- Events that wait to be delivered, one row for each receiver; a row goes when its receiver has taken it.
create table outbox (
  id uuid not null,
  receiver text not null,
  payload jsonb not null,
  created_at timestamptz not null default now(),
  primary key (id, receiver)
);
create index outbox_by_receiver on outbox (receiver, created_at);
