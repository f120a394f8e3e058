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
