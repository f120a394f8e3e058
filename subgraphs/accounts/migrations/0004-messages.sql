-- What the sender knows of a message on its way. `attempt` names one try to send it: whoever lost a try to the end of
-- its time cannot write anything down for the next.
alter table message
  add column attempt uuid,
  add column claimed_until timestamptz,
  -- Set before the first byte leaves: from then on nobody but the message centre knows whether it has it.
  add column written_at timestamptz,
  add column not_before timestamptz,
  add column part_count smallint check (part_count between 1 and 255),
  add column parts_delivered smallint not null default 0 check (parts_delivered >= 0),
  -- Why it failed: the message centre's own code.
  add column failure text check (length(failure) between 1 and 20),
  add column sent_at timestamptz,
  add column ended_at timestamptz,
  add check (status <> 'SENDING' or (attempt is not null and claimed_until is not null));
-- Whoever waits for a password goes before whoever is told the news.
create index message_queued on message ((purpose = 'NOTICE'), created_at) where status = 'QUEUED';
create index message_sending on message (claimed_until) where status = 'SENDING';

-- Which message the message centre means by its own id. A directory: found by that id. A receipt may come before the
-- answer that tells whose the id is: then the outcome waits here for it.
create table message_receipt (
  smsc_id text primary key check (length(smsc_id) between 1 and 65),
  phone text,
  message_id uuid,
  outcome text check (outcome in ('DELIVERED', 'FAILED', 'EXPIRED', 'UNKNOWN')),
  created_at timestamptz not null,
  check ((phone is null) = (message_id is null)),
  check (message_id is not null or outcome is not null)
);

-- Notices become messages once, and are read once.
alter table notice
  add column dispatched_at timestamptz,
  -- As the settings were when it was dispatched; null until then.
  add column is_listed boolean,
  add column read_at timestamptz,
  add check ((dispatched_at is null) = (is_listed is null));
create index notice_waiting on notice (created_at) where dispatched_at is null;
create index notice_unread on notice (account_id) where read_at is null;

-- Where an account wants which notices. No row: as the category has it by itself.
create table notification_setting (
  account_id uuid not null,
  -- Those of security cannot be switched off, so there is nothing to set.
  category text not null check (category in ('MONEY', 'SERVICES', 'NEWS')),
  channel text not null check (channel in ('SMS', 'IN_APP')),
  is_enabled boolean not null,
  changed_at timestamptz not null,
  primary key (account_id, category, channel)
);

insert into policy (name, version, value, valid_from) values
  ('notice.messageHours', 1, '24', '2000-01-01');
