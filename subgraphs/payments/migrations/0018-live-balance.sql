-- The paid service of seeing the balance as it changes: paid by the day, in advance.
create table live_balance (
  line_id uuid primary key,
  is_enabled boolean not null,
  -- The fee that was agreed to: it stays until the service is switched on anew.
  daily_fee bigint not null check (daily_fee >= 0),
  policy_version integer not null check (policy_version > 0),
  -- What shows that the subscriber wanted it: the switching on.
  consent_id uuid not null,
  enabled_at timestamptz not null,
  -- The end of the last day that was paid for.
  paid_until timestamptz,
  -- When the next day is charged; null while there is nothing to charge, or no money for it.
  next_charge_at timestamptz,
  -- It waits for money.
  is_suspended boolean not null default false,
  check (is_enabled or next_charge_at is null),
  check (is_enabled or not is_suspended)
);
create index live_balance_due on live_balance (next_charge_at, line_id) where next_charge_at is not null;

-- More money wakes what waits for it.
create function wake_live_balance() returns trigger language plpgsql as $$
begin
  update payments.live_balance set next_charge_at = 'epoch'
    where line_id = new.line_id and is_suspended and next_charge_at is null
      and new.posted - new.reserved + new.debt_limit + new.promised >= daily_fee;
  return null;
end $$;
create trigger ledger_balance_wakes_live_balance after update on ledger_balance
  for each row
  when (new.unit = 'KOPECK'
    and new.posted - new.reserved + new.debt_limit + new.promised
      > old.posted - old.reserved + old.debt_limit + old.promised)
  execute function wake_live_balance();

-- Whoever watches the line is looked at again when the service ends or begins.
create function announce_live_balance() returns trigger language plpgsql as $$
begin
  if exists (select from payments.balance_watch where line_id = new.line_id and until > clock_timestamp()) then
    perform pg_notify('payments_balance', new.line_id::text);
  end if;
  return null;
end $$;
create trigger live_balance_is_announced after update on live_balance
  for each row when (new.paid_until is distinct from old.paid_until)
  execute function announce_live_balance();

insert into policy (name, version, value, valid_from) values
  ('liveBalance.dailyFeeKopecks', 1, '100', '2000-01-01'),
  ('liveBalance.isRequired', 1, 'false', '2000-01-01');
