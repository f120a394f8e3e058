-- How much a line may spend in a month of the calendar.
create table spend_cap (
  line_id uuid primary key,
  monthly_amount bigint not null check (monthly_amount > 0),
  set_by uuid not null,
  set_at timestamptz not null,
  -- Whether something was spent that nobody has compared with the cap.
  is_stale boolean not null default true
);
create index spend_cap_stale on spend_cap (line_id) where is_stale;

-- What was told of a cap: each level once a month.
create table spend_cap_alert (
  line_id uuid not null,
  month date not null,
  monthly_amount bigint not null check (monthly_amount > 0),
  percent integer not null check (percent > 0),
  spent bigint not null,
  told_at timestamptz not null,
  primary key (line_id, month, monthly_amount, percent)
);

-- The spending of a month is summed from the entries and holds themselves.
create index ledger_entry_spending on ledger_entry (line_id, posted_at) where unit = 'KOPECK' and kind in (
  'SERVICE_CHARGE', 'SUBSCRIPTION_FEE', 'PURCHASE', 'TRANSFER_OUT', 'TRANSFER_FEE', 'TRANSFER_RETURN',
  'PROMISED_PAYMENT_FEE', 'COMPENSATION'
);

-- Less money wakes what waits for it, by trigger, so that no way of spending can forget it. Every posting pays for the
-- question, so it is one; `epoch` is "at once": the database does not know the time of the process that will look.
create function wake_by_spending() returns trigger language plpgsql as $$
declare
  wakes_auto_payment boolean;
  marks_cap boolean;
begin
  select exists (
    select from payments.auto_payment
    where line_id = new.line_id and basis = 'THRESHOLD' and stopped_by is null and next_attempt_at is null
      and threshold > new.posted - new.reserved
  ), exists (
    select from payments.spend_cap where line_id = new.line_id and not is_stale
  ) into wakes_auto_payment, marks_cap;
  -- Whoever changes these holds the balance: what was found is still so.
  if wakes_auto_payment then
    update payments.auto_payment set next_attempt_at = 'epoch' where line_id = new.line_id and basis = 'THRESHOLD';
  end if;
  if marks_cap then
    update payments.spend_cap set is_stale = true where line_id = new.line_id;
  end if;
  return null;
end $$;
create trigger ledger_balance_wakes_by_spending after update on ledger_balance
  for each row
  when (new.unit = 'KOPECK' and new.posted - new.reserved < old.posted - old.reserved)
  execute function wake_by_spending();

insert into policy (name, version, value, valid_from) values
  ('spendCap.amountMinKopecks', 1, '10000', '2000-01-01'),
  ('spendCap.amountMaxKopecks', 1, '10000000', '2000-01-01'),
  ('spendCap.alertPercents', 1, '[50, 80, 100]', '2000-01-01');
