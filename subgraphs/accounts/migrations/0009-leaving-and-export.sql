insert into policy (name, version, value, valid_from) values
  ('confirmation.freshMinutes', 1, '10', '2000-01-01'),
  ('simSwap.holdHours', 1, '24', '2000-01-01'),
  ('export.keepDays', 1, '7', '2000-01-01'),
  ('export.linkMinutes', 1, '10', '2000-01-01');

-- A closed account answers nobody. What it said of a person lies sealed beside it until it is opened again.
alter table account add column closed_at timestamptz;
create table closed_account (
  account_id uuid primary key,
  sealed text not null,
  closed_at timestamptz not null
);

-- Copies of all that is kept of an account, asked for by whoever it is about.
create table data_export (
  account_id uuid not null,
  id uuid not null,
  idempotency_key text not null check (length(idempotency_key) between 1 and 100),
  status text not null default 'PREPARING' check (status in ('PREPARING', 'READY', 'ERASED')),
  requested_at timestamptz not null,
  ready_at timestamptz,
  expires_at timestamptz,
  -- The run whose chunks count. Several may run when a process was taken for dead; one comes first.
  run_id uuid,
  chunk_count integer check (chunk_count > 0),
  -- Of the link that was given last: it is taken once.
  link_hash bytea,
  link_expires_at timestamptz,
  primary key (account_id, id),
  unique (account_id, idempotency_key),
  check ((status = 'PREPARING') = (ready_at is null))
);

-- Of many requests one is worked on.
create unique index data_export_in_progress on data_export (account_id) where status = 'PREPARING';

-- The copy itself, compressed and sealed.
create table data_export_chunk (
  account_id uuid not null,
  export_id uuid not null,
  run_id uuid not null,
  number integer not null check (number >= 0),
  sealed text not null check (length(sealed) <= 1048576),
  primary key (account_id, export_id, run_id, number)
);

-- Conversations with telephones over USSD: where the menu stands, until the network's session ends.
create table ussd_session (
  phone text not null check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  id text not null check (length(id) between 1 and 100),
  menu text not null,
  last_at timestamptz not null,
  primary key (phone, id)
);

-- Requests of the network that were taken. A directory: found by what the network made up for each request.
create table ussd_nonce (
  nonce text primary key check (length(nonce) between 16 and 100),
  taken_at timestamptz not null
);
create index ussd_nonce_taken on ussd_nonce (taken_at);
