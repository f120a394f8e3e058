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

create function mark_spend_cap() returns trigger language plpgsql as $$
begin
  update payments.spend_cap set is_stale = true where line_id = new.line_id and not is_stale;
  return null;
end $$;
create trigger ledger_balance_marks_spend_cap after update on ledger_balance
  for each row
  when (new.unit = 'KOPECK' and new.posted - new.reserved < old.posted - old.reserved)
  execute function mark_spend_cap();

insert into policy (name, version, value, valid_from) values
  ('spendCap.amountMinKopecks', 1, '10000', '2000-01-01'),
  ('spendCap.amountMaxKopecks', 1, '10000000', '2000-01-01'),
  ('spendCap.alertPercents', 1, '[50, 80, 100]', '2000-01-01');
