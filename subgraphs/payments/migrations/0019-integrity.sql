-- An entry is told from others by its number: the database gives it, so that nothing can be in its place already and
-- be skipped after the balance has moved. One transaction may move several amounts between the same two accounts.
alter table ledger_entry
  drop constraint ledger_entry_pkey,
  drop constraint ledger_entry_sequence,
  add primary key (line_id, unit, sequence);
create index ledger_entry_of_transaction on ledger_entry (line_id, transaction_id);

-- The hash covers the cause too: an order, a consent or a date that was changed tells as an amount does. A row as text
-- quotes what it holds, so no two rows read alike; moments are numbers, whatever the session shows them as.
create function chain_hash(previous bytea, entry ledger_entry, cause ledger_transaction) returns bytea
language sql stable as $$
  select sha256(previous || convert_to(row(
    entry.line_id, entry.transaction_id, entry.unit, entry.debit_account, entry.credit_account, entry.amount, entry.kind,
    entry.sequence, entry.balance_after, extract(epoch from entry.posted_at),
    cause.kind, cause.source_key, extract(epoch from cause.occurred_at), extract(epoch from cause.posted_at),
    cause.order_id, cause.payment_id, cause.consent_id, cause.policy_name, cause.policy_version, cause.details
  )::text, 'UTF8'))
$$;

-- The chains that there are get the new hashes.
alter table ledger_entry disable trigger ledger_entry_is_immutable;
do $$
declare
  balance ledger_balance;
  entry ledger_entry;
  cause ledger_transaction;
begin
  for balance in select * from ledger_balance where entry_sequence > 0 loop
    balance.entry_hash := '';
    for entry in
      select * from ledger_entry where line_id = balance.line_id and unit = balance.unit order by sequence
    loop
      select * into strict cause from ledger_transaction
        where line_id = entry.line_id and id = entry.transaction_id;
      balance.entry_hash := chain_hash(balance.entry_hash, entry, cause);
      update ledger_entry set hash = balance.entry_hash
        where line_id = entry.line_id and unit = entry.unit and sequence = entry.sequence;
    end loop;
    update ledger_balance set entry_hash = balance.entry_hash
      where line_id = balance.line_id and unit = balance.unit;
  end loop;
end $$;
alter table ledger_entry enable trigger ledger_entry_is_immutable;

-- When the last entry was posted: moments follow numbers, whatever the clocks of two processes say.
alter table ledger_balance add column if not exists entry_posted_at timestamptz;
update ledger_balance as balance set entry_posted_at = entry.posted_at
  from ledger_entry as entry
  where entry.line_id = balance.line_id and entry.unit = balance.unit and entry.sequence = balance.entry_sequence
    and balance.entry_posted_at is null;

-- As before, in as few statements as there can be: every posting of the product runs this once for each entry.
create or replace function post_entry() returns trigger language plpgsql security definer set search_path = payments, pg_temp as $$
declare
  balance ledger_balance;
  cause ledger_transaction;
  change bigint := case
    when new.credit_account = 'CUSTOMER' then new.amount
    when new.debit_account = 'CUSTOMER' then -new.amount
    else 0 end;
begin
  select * into strict cause from ledger_transaction where line_id = new.line_id and id = new.transaction_id;
  new.kind := coalesce(new.kind, cause.kind);
  select * into balance from ledger_balance where line_id = new.line_id and unit = new.unit for no key update;
  if not found then
    insert into ledger_balance (line_id, unit) values (new.line_id, new.unit) on conflict do nothing;
    select * into strict balance from ledger_balance
      where line_id = new.line_id and unit = new.unit for no key update;
  end if;
  new.sequence := balance.entry_sequence + 1;
  new.balance_after := balance.posted + change;
  new.posted_at := greatest(cause.posted_at, balance.entry_posted_at);
  new.hash := chain_hash(balance.entry_hash, new, cause);
  update ledger_balance
    set posted = new.balance_after, entry_sequence = new.sequence, entry_hash = new.hash,
      entry_posted_at = new.posted_at,
      opened_with = opened_with + case when new.kind = 'OPENING_BALANCE' then change else 0 end,
      -- What was paid off of a debt cannot be borrowed again.
      debt_limit = case when change > 0 then least(debt_limit, greatest(0, reserved - new.balance_after))
        else debt_limit end
    where line_id = new.line_id and unit = new.unit;
  return new;
end $$;
drop function entry_hash(bytea, ledger_entry);

-- One transaction is one change of a balance, of however many entries and holds it is made: a hold that is captured is
-- not shown as given back and taken again.
create or replace function record_balance_change() returns trigger language plpgsql as $$
begin
  update payments.balance_change
    set posted = new.posted, reserved = new.reserved, changed_at = clock_timestamp()
    where line_id = new.line_id and sequence = old.sequence and xmin = pg_current_xact_id()::xid;
  if found then
    return new;
  end if;
  new.sequence := old.sequence + 1;
  insert into payments.balance_change (line_id, sequence, posted, reserved, changed_at)
    values (new.line_id, new.sequence, new.posted, new.reserved, clock_timestamp());
  -- Both sides of the comparison are the server's own time.
  if exists (select from payments.balance_watch where line_id = new.line_id and until > clock_timestamp()) then
    perform pg_notify('payments_balance', new.line_id || ' ' || new.sequence);
  end if;
  return new;
end $$;

-- A hold begins as one that waits, and all that it was made with stays.
create or replace function follow_hold() returns trigger language plpgsql security definer set search_path = payments, pg_temp as $$
begin
  if tg_op = 'INSERT' and new.state <> 'PENDING' then
    raise exception 'a hold begins as one that waits' using errcode = 'integrity_constraint_violation';
  end if;
  if tg_op = 'UPDATE' and (old.state <> 'PENDING' or new.state = 'PENDING' or
    (to_jsonb(old) - array['state', 'captured', 'ended_at']) <> (to_jsonb(new) - array['state', 'captured', 'ended_at'])
  ) then
    raise exception 'a hold ends once and is otherwise never changed' using errcode = 'integrity_constraint_violation';
  end if;
  update ledger_balance
    set reserved = reserved + case tg_op when 'INSERT' then new.amount else -new.amount end
    where line_id = new.line_id and unit = new.unit;
  if not found then
    raise exception 'a hold needs a balance' using errcode = 'foreign_key_violation';
  end if;
  return null;
end $$;
