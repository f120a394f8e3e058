-- Numbers that the business sets: the newest version that has begun counts.
create table policy (
  name text not null,
  version integer not null check (version > 0),
  value jsonb not null,
  valid_from timestamptz not null default now(),
  primary key (name, version)
);
revoke insert, update, delete, truncate on policy from cabinet_accounts;
insert into policy (name, version, value, valid_from) values
  ('session.accessTokenSeconds', 1, '900', '2000-01-01'),
  ('session.idleDays', 1, '60', '2000-01-01'),
  ('session.graceSeconds', 1, '10', '2000-01-01');

-- Sessions, by the person who signed in: in their own account or in an organization's.
create table session (
  person_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  organization_role text check (organization_role in ('owner', 'administrator', 'accountant', 'user')),
  method text not null check (method in ('ONE_TIME_PASSWORD', 'PASSWORD', 'SOCIAL', 'NETWORK', 'USSD', 'DEVELOPMENT')),
  device text,
  device_name text check (length(device_name) between 1 and 100),
  address inet,
  -- Half of what refresh tokens are made of: the other half is a secret of the process.
  refresh_seed bytea not null,
  secret_id text not null,
  generation integer not null default 1 check (generation > 0),
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  ended_at timestamptz,
  end_reason text check (end_reason in ('SIGNED_OUT', 'REVOKED', 'REUSE_DETECTED', 'CREDENTIALS_CHANGED', 'ACCOUNT_CLOSED', 'MEMBERSHIP_ENDED')),
  primary key (person_id, id),
  check ((ended_at is null) = (end_reason is null)),
  check ((organization_role is null) = (person_id = account_id))
);

-- What people must be told: written in the transaction of what happened, sent by the notifier.
create table notice (
  account_id uuid not null,
  id uuid not null,
  kind text not null,
  -- What the text needs, by name.
  parameters jsonb not null,
  created_at timestamptz not null,
  primary key (account_id, id)
);

-- Text messages that leave by SMPP, by the number that they go to.
create table message (
  phone text not null check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  id uuid not null,
  purpose text not null,
  -- Sealed when it holds a secret; gone when the message is.
  body text,
  status text not null default 'QUEUED'
    check (status in ('QUEUED', 'SENDING', 'SENT', 'DELIVERED', 'FAILED', 'EXPIRED', 'UNKNOWN')),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (phone, id)
);

-- Who did or saw what of whom, when, from where and why: only ever added to.
create table act (
  account_id uuid not null,
  id uuid not null,
  at timestamptz not null,
  -- `account:<id>`, `staff:<id>` or `service:<name>`.
  actor text not null,
  kind text not null check (kind ~ '^[A-Z_]+$'),
  line_id uuid,
  details jsonb not null default '{}',
  address inet,
  session_id text,
  request_id text,
  reason text,
  primary key (account_id, id)
);
revoke update, delete, truncate on act from cabinet_accounts;

-- Until when changes of credentials, transfers and forwarding wait, because the SIM was changed.
create table credential_hold (
  account_id uuid not null,
  line_id uuid not null,
  changed_at timestamptz not null,
  until timestamptz not null,
  primary key (account_id, line_id)
);

-- Where notices go.
create table contact (
  account_id uuid primary key,
  phone text not null check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  confirmed_at timestamptz not null
);

-- Events that wait to be delivered, one row for each receiver, and those that were received.
create table outbox (
  id uuid not null,
  receiver text not null,
  payload jsonb not null,
  created_at timestamptz not null default now(),
  primary key (id, receiver)
);
create index outbox_by_receiver on outbox (receiver, created_at);
create table inbox (
  event_id uuid primary key,
  received_at timestamptz not null default now()
);
