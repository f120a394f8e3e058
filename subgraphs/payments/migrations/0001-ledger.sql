-- What the ledger counts: kopecks of money, points of the bonus programme.
create type ledger_unit as enum ('KOPECK', 'POINT');

-- The accounts of each line's book. CUSTOMER is what we owe the subscriber; the others are the operator's side,
-- kept by line too, so that none of them is a row that everybody waits for.
create type ledger_account as enum ('CUSTOMER', 'OPENING_BALANCE', 'EXTERNAL_TOP_UP');

-- Why money or points moved. `source_key` names the cause: a cause moves a line's money once.
create table ledger_transaction (
  line_id uuid not null,
  id uuid not null,
  kind text not null check (kind in ('OPENING_BALANCE', 'TOP_UP')),
  source_key text not null check (length(source_key) between 1 and 200),
  occurred_at timestamptz not null,
  posted_at timestamptz not null,
  primary key (line_id, id),
  unique (line_id, source_key)
);

-- What moved: one amount from a credit to a debit, so that the two sides of a transaction cannot differ.
create table ledger_entry (
  line_id uuid not null,
  transaction_id uuid not null,
  unit ledger_unit not null,
  debit_account ledger_account not null,
  credit_account ledger_account not null,
  amount bigint not null check (amount > 0),
  primary key (line_id, transaction_id, unit, debit_account, credit_account),
  check (debit_account <> credit_account),
  foreign key (line_id, transaction_id) references ledger_transaction
);

-- The sum of a line's CUSTOMER entries, kept with every posting. `debt_limit` is how far below zero the balance may
-- stand: a debt taken over from another system, which shrinks as it is paid.
create table ledger_balance (
  line_id uuid not null,
  unit ledger_unit not null,
  posted bigint not null,
  reserved bigint not null default 0 check (reserved >= 0),
  debt_limit bigint not null default 0 check (debt_limit >= 0),
  primary key (line_id, unit),
  constraint balance_floor check (posted - reserved >= -debt_limit)
);

-- Bonus points by the day they expire; the oldest are spent first.
create table bonus_lot (
  line_id uuid not null,
  id uuid not null,
  earned bigint not null check (earned > 0),
  remaining bigint not null check (remaining between 0 and earned),
  earned_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (line_id, id)
);

-- Numbers that the business sets: the newest version that has begun counts.
create table policy (
  name text not null,
  version integer not null check (version > 0),
  value jsonb not null,
  valid_from timestamptz not null default now(),
  primary key (name, version)
);
insert into policy (name, version, value, valid_from) values ('bonus.ttlMonths', 1, '12', '2000-01-01');

-- What was posted stays as it was posted: for the login role by privilege, for everybody by a trigger.
revoke update, delete, truncate on ledger_transaction, ledger_entry from cabinet_payments;
revoke insert, update, delete, truncate on policy from cabinet_payments;

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the ledger is only ever added to: correct a posting by posting its opposite'
    using errcode = 'integrity_constraint_violation';
end $$;
create trigger ledger_transaction_is_immutable before update or delete or truncate on ledger_transaction
  for each statement execute function refuse_change();
create trigger ledger_entry_is_immutable before update or delete or truncate on ledger_entry
  for each statement execute function refuse_change();
