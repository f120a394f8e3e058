-- The tariff that a line has.
create table line_tariff (
  line_id uuid primary key,
  offering_id uuid not null references offering,
  activated_on date not null
);

-- The options that a line has or had; one that is on has no end.
create table line_option (
  line_id uuid not null,
  id uuid not null,
  offering_id uuid not null references offering,
  activated_on date not null,
  deactivated_at timestamptz,
  primary key (line_id, id)
);
create unique index line_option_active on line_option (line_id, offering_id) where deactivated_at is null;

-- Rights of accounts on lines: a copy of linked-numbers', kept by its events.
create table line_access (
  line_id uuid not null,
  account_id uuid not null,
  rights smallint not null check (rights between 0 and 15),
  until timestamptz,
  version bigint not null,
  -- Every read asks for the rights first: they are in the index itself.
  primary key (line_id, account_id) include (rights, until)
);

-- Events that have had their effect.
create table inbox (
  event_id uuid primary key,
  received_at timestamptz not null default now()
);
