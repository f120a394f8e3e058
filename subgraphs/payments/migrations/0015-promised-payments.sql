-- Money that the operator lets a line spend before it is there. The limit itself is `ledger_balance.promised`; this is
-- for how long, and what became of it. One of a line at a time.
create table promised_payment (
  line_id uuid not null,
  id uuid not null,
  -- In whose cabinet it was taken.
  account_id uuid not null,
  amount bigint not null check (amount > 0),
  fee bigint not null check (fee >= 0),
  taken_at timestamptz not null,
  due_at timestamptz not null check (due_at > taken_at),
  ended_at timestamptz,
  -- A top-up, or the due date.
  ended_by text check (ended_by in ('TOP_UP', 'DUE_DATE')),
  primary key (line_id, id),
  check ((ended_at is null) = (ended_by is null))
);
create unique index promised_payment_active on promised_payment (line_id) where ended_at is null;
-- For the job that ends what is due.
create index promised_payment_due on promised_payment (due_at) where ended_at is null;

insert into policy (name, version, value, valid_from) values
  ('promisedPayment.tiers', 1,
    '[{"spentMaxKopecks": 30000, "amountKopecks": 20000}, {"spentMaxKopecks": 50000, "amountKopecks": 40000},
      {"spentMaxKopecks": null, "amountKopecks": 80000}]', '2000-01-01'),
  ('promisedPayment.amountMinKopecks', 1, '100', '2000-01-01'),
  ('promisedPayment.spendingDays', 1, '30', '2000-01-01'),
  ('promisedPayment.termHours', 1, '72', '2000-01-01'),
  ('promisedPayment.feeKopecks', 1, '700', '2000-01-01'),
  ('promisedPayment.withoutFeeKopecks', 1, '3000', '2000-01-01'),
  ('promisedPayment.balanceMinKopecks', 1, '-3000', '2000-01-01'),
  ('promisedPayment.newSubscriberDays', 1, '60', '2000-01-01');
