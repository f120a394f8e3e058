-- Where a line's money and points come from and go to, beside those of the beginning.
alter type ledger_account add value 'CARD_ACQUIRING';
alter type ledger_account add value 'TRANSFERS';
alter type ledger_account add value 'MERCHANTS';
alter type ledger_account add value 'REVENUE';
alter type ledger_account add value 'BONUS_PROGRAMME';

-- Why something moved. An entry has its own kind: a transfer's fee is another line of the statement than the transfer.
create domain ledger_kind as text check (value in (
  'OPENING_BALANCE', 'TOP_UP', 'TRANSFER_OUT', 'TRANSFER_IN', 'TRANSFER_FEE', 'TRANSFER_RETURN',
  'PROMISED_PAYMENT_FEE', 'SERVICE_CHARGE', 'SUBSCRIPTION_FEE', 'PURCHASE', 'CARD_REFUND', 'COMPENSATION',
  'BONUS_EARNED', 'BONUS_SPENT', 'BONUS_EXPIRED', 'BONUS_GIVEN', 'BONUS_RECEIVED', 'CORRECTION'
));

-- What caused a transaction, for whoever asks why: an order of another part, a payment, the consent it was done by, and
-- the version of the policy that set the amount.
alter table ledger_transaction
  drop constraint ledger_transaction_kind_check,
  alter column kind type ledger_kind,
  add column order_id text check (length(order_id) between 1 and 200),
  add column payment_id uuid,
  add column consent_id text check (length(consent_id) between 1 and 200),
  add column policy_name text,
  add column policy_version integer check (policy_version > 0),
  -- What people read in the statement beside the kind, in each language: the name of a service, of a merchant.
  add column details jsonb not null default '{}' check (jsonb_typeof(details) = 'object');

-- Each line's entries of a unit are numbered without gaps and hold what was there after them. `hash` covers the entry
-- and the hash before it, so that none can be changed, left out or put between without all that follow telling.
alter table ledger_entry
  add column kind ledger_kind,
  add column sequence bigint,
  add column balance_after bigint,
  add column posted_at timestamptz,
  add column hash bytea;

-- `promised` is how far below zero a promised payment lets the balance go, on top of the debt that there was;
-- `opened_with` the part of `posted` that the line came with.
alter table ledger_balance
  add column promised bigint not null default 0 check (promised >= 0),
  add column opened_with bigint not null default 0,
  add column entry_sequence bigint not null default 0 check (entry_sequence >= 0),
  add column entry_hash bytea not null default '',
  alter column posted set default 0,
  drop constraint balance_floor,
  add constraint balance_floor check (posted - reserved >= -(debt_limit + promised));

-- What an entry does to what the subscriber has.
create function customer_change(entry ledger_entry) returns bigint language sql stable as $$
  select case when entry.credit_account = 'CUSTOMER' then entry.amount
    when entry.debit_account = 'CUSTOMER' then -entry.amount else 0 end
$$;

-- The hash of an entry, from the one before it: the same wherever it is computed.
create function entry_hash(previous bytea, entry ledger_entry) returns bytea language sql stable as $$
  select sha256(previous || convert_to(concat_ws(' ', entry.line_id, entry.transaction_id, entry.unit,
    entry.debit_account, entry.credit_account, entry.amount, entry.kind, entry.sequence, entry.balance_after,
    extract(epoch from entry.posted_at)), 'UTF8'))
$$;

-- What there was before entries were numbered gets its numbers in the order in which it was posted.
alter table ledger_entry disable trigger ledger_entry_is_immutable;
do $$
declare
  entry ledger_entry;
  balance ledger_balance;
begin
  for balance in select * from ledger_balance loop
    balance.posted := 0;
    for entry in
      select old.* from ledger_entry as old
      join ledger_transaction as cause on cause.line_id = old.line_id and cause.id = old.transaction_id
      where old.line_id = balance.line_id and old.unit = balance.unit
      order by cause.posted_at, cause.kind <> 'OPENING_BALANCE', cause.id
    loop
      balance.entry_sequence := balance.entry_sequence + 1;
      balance.posted := balance.posted + customer_change(entry);
      select kind, posted_at into entry.kind, entry.posted_at from ledger_transaction
        where line_id = entry.line_id and id = entry.transaction_id;
      entry.sequence := balance.entry_sequence;
      entry.balance_after := balance.posted;
      balance.entry_hash := entry_hash(balance.entry_hash, entry);
      update ledger_entry as numbered
        set kind = entry.kind, sequence = entry.sequence, balance_after = entry.balance_after,
          posted_at = entry.posted_at, hash = balance.entry_hash
        where numbered.line_id = entry.line_id and numbered.transaction_id = entry.transaction_id
          and numbered.unit = entry.unit and numbered.debit_account = entry.debit_account
          and numbered.credit_account = entry.credit_account;
    end loop;
    update ledger_balance
      set entry_sequence = balance.entry_sequence, entry_hash = balance.entry_hash, opened_with = coalesce((
        select sum(customer_change(old)) from ledger_entry as old
        where old.line_id = balance.line_id and old.unit = balance.unit and old.kind = 'OPENING_BALANCE'
      ), 0)
      where line_id = balance.line_id and unit = balance.unit;
  end loop;
end $$;
alter table ledger_entry enable trigger ledger_entry_is_immutable;
alter table ledger_entry
  alter column kind set not null,
  alter column sequence set not null,
  alter column balance_after set not null,
  alter column posted_at set not null,
  alter column hash set not null,
  add constraint ledger_entry_sequence unique (line_id, unit, sequence);

-- An entry moves its line's balance itself and takes the next number and hash, under the lock of the balance's row:
-- whoever posts can neither forget that nor do it otherwise. The check of the balance has the last word.
create function post_entry() returns trigger language plpgsql security definer set search_path = payments, pg_temp as $$
declare
  balance ledger_balance;
  change bigint := customer_change(new);
begin
  select coalesce(new.kind, kind), posted_at into strict new.kind, new.posted_at from ledger_transaction
    where line_id = new.line_id and id = new.transaction_id;
  insert into ledger_balance (line_id, unit) values (new.line_id, new.unit) on conflict do nothing;
  select * into balance from ledger_balance where line_id = new.line_id and unit = new.unit for update;
  new.sequence := balance.entry_sequence + 1;
  new.balance_after := balance.posted + change;
  new.hash := entry_hash(balance.entry_hash, new);
  update ledger_balance
    set posted = new.balance_after, entry_sequence = new.sequence, entry_hash = new.hash,
      opened_with = opened_with + case when new.kind = 'OPENING_BALANCE' then change else 0 end,
      -- What was paid off of a debt cannot be borrowed again.
      debt_limit = case when change > 0 then least(debt_limit, greatest(0, reserved - new.balance_after))
        else debt_limit end
    where line_id = new.line_id and unit = new.unit;
  return new;
end $$;
-- To open a line is no change of its money, as it was when lines were opened with a balance at once.
drop trigger ledger_balance_is_numbered on ledger_balance;
create trigger ledger_balance_is_numbered before update on ledger_balance
  for each row
  when (new.unit = 'KOPECK' and
    (new.posted - new.opened_with, new.reserved) is distinct from (old.posted - old.opened_with, old.reserved))
  execute function record_balance_change();

create trigger ledger_entry_is_posted before insert on ledger_entry
  for each row execute function post_entry();

-- What is set aside for something that is under way. It ends once: captured, wholly or in part, released or expired.
create table hold (
  line_id uuid not null,
  id uuid not null,
  unit ledger_unit not null,
  amount bigint not null check (amount > 0),
  kind ledger_kind not null,
  source_key text not null check (length(source_key) between 1 and 200),
  state text not null default 'PENDING' check (state in ('PENDING', 'CAPTURED', 'RELEASED', 'EXPIRED')),
  captured bigint not null default 0 check (captured between 0 and amount),
  created_at timestamptz not null,
  expires_at timestamptz not null check (expires_at > created_at),
  ended_at timestamptz,
  primary key (line_id, id),
  unique (line_id, source_key),
  check ((state = 'CAPTURED') = (captured > 0)),
  check ((state = 'PENDING') = (ended_at is null))
);
-- For the job that sets free what is past its time.
create index hold_pending on hold (line_id, expires_at) where state = 'PENDING';

-- Likewise for what is set aside: the balance follows the hold, and a hold that has ended stays as it ended.
create function follow_hold() returns trigger language plpgsql security definer set search_path = payments, pg_temp as $$
begin
  if tg_op = 'UPDATE' and (old.state <> 'PENDING' or new.state = 'PENDING' or
    (old.line_id, old.id, old.unit, old.amount, old.source_key) is distinct from
    (new.line_id, new.id, new.unit, new.amount, new.source_key)) then
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
create trigger hold_is_followed after insert or update on hold
  for each row execute function follow_hold();
revoke delete, truncate on hold from cabinet_payments;

-- Nobody writes a balance: it follows entries and holds. What may be set is how deep it may stand.
revoke insert, update, delete, truncate on ledger_balance from cabinet_payments;
grant insert (line_id, unit, debt_limit), update (debt_limit, promised) on ledger_balance to cabinet_payments;

-- What people did with money, as they see it in the history of payments.
create table payment (
  line_id uuid not null,
  id uuid not null,
  kind text not null check (kind in ('TOP_UP', 'AUTO_TOP_UP', 'TRANSFER_OUT', 'TRANSFER_IN', 'PURCHASE')),
  status text not null default 'PENDING' check (status in ('PENDING', 'SUCCEEDED', 'FAILED', 'REFUNDED')),
  amount bigint not null check (amount > 0),
  fee bigint not null default 0 check (fee >= 0),
  -- The cabinet that paid; null where nobody of ours did.
  account_id uuid,
  created_at timestamptz not null,
  ended_at timestamptz,
  -- Why it failed, as a code.
  failure text check (failure ~ '^[A-Z_]+$'),
  -- What each kind has of its own.
  details jsonb not null default '{}' check (jsonb_typeof(details) = 'object'),
  primary key (line_id, id),
  check ((status = 'PENDING') = (ended_at is null))
);

-- What a client's key has led to, for each operation of a person: the same key gives the same answer again.
create table idempotency_key (
  account_id uuid not null,
  operation text not null check (length(operation) between 1 and 100),
  key text not null check (length(key) between 1 and 100),
  body_hash text not null,
  outcome jsonb not null,
  created_at timestamptz not null,
  primary key (account_id, operation, key)
);

-- Events that wait to be delivered, one row for each receiver; a row goes when its receiver has taken it.
create table outbox (
  id uuid not null,
  receiver text not null,
  payload jsonb not null,
  created_at timestamptz not null default now(),
  primary key (id, receiver)
);
create index outbox_by_receiver on outbox (receiver, created_at);
comment on table outbox is 'queue';

insert into policy (name, version, value, valid_from) values
  ('idempotency.ttlDays', 1, '30', '2000-01-01'),
  ('hold.ttlMinutes', 1, '15', '2000-01-01');
