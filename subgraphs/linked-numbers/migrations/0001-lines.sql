-- Lines: numbers under contract.
create table line (
  id uuid primary key,
  msisdn text not null check (msisdn ~ '^\+[1-9][0-9]{6,14}$'),
  owner_account_id uuid not null,
  region text not null check (length(region) between 1 and 100),
  status text not null check (status in ('ACTIVE', 'BLOCKED', 'CLOSED')),
  activated_on date not null,
  created_at timestamptz not null default now()
);

-- Whose a telephone number is now. A directory: found by the number; a number that is given to somebody else
-- gets another line here, and the old line keeps its history.
create table directory (
  msisdn text primary key,
  line_id uuid not null
);

-- Rights of accounts on lines, by line: the truth that the other subgraphs keep copies of. A pair whose rights were
-- taken away stays with none, so that its version never goes back.
create table line_access (
  line_id uuid not null,
  account_id uuid not null,
  rights smallint not null check (rights between 0 and 15),
  until timestamptz,
  version bigint not null default 1,
  -- Every read asks for the rights first: they are in the index itself.
  primary key (line_id, account_id) include (rights, until)
);

-- The same by account, with the account's own name for the line: what one page of the home screen reads.
create table account_line (
  account_id uuid not null,
  line_id uuid not null,
  until timestamptz,
  alias text check (length(alias) between 1 and 100),
  primary key (account_id, line_id)
);

-- Every change of access, for whoever asks later: only ever added to.
create table access_audit (
  line_id uuid not null,
  id uuid not null,
  account_id uuid not null,
  rights smallint not null,
  until timestamptz,
  changed_by text not null,
  changed_at timestamptz not null,
  primary key (line_id, id)
);
revoke update, delete, truncate on access_audit from cabinet_linked_numbers;
