-- Tops up a line from a saved card: when less is left than a threshold, or by the calendar. A line has one of each at most.
create table auto_payment (
  line_id uuid not null,
  basis text not null check (basis in ('THRESHOLD', 'SCHEDULE')),
  id uuid not null,
  -- The cabinet whose card pays.
  account_id uuid not null,
  card_id uuid not null,
  amount bigint not null check (amount > 0),
  threshold bigint check (threshold > 0),
  schedule text check (schedule in ('DAILY', 'WEEKLY', 'MONTHLY')),
  -- The day from which the calendar counts.
  counts_from date,
  monthly_cap bigint check (monthly_cap >= amount),
  set_at timestamptz not null,
  -- Why it does not go on; null while it does.
  stopped_by text check (stopped_by in ('SUBSCRIBER', 'REFUSALS', 'NO_RIGHTS', 'NO_CARD')),
  -- What it is to fire for next, once: a number for a threshold, a day for the calendar.
  occasion text not null,
  -- How often in a row the card was refused.
  refusals integer not null default 0 check (refusals >= 0),
  -- When it is looked at; null while it waits for the balance to fall, or for an answer.
  next_attempt_at timestamptz,
  -- The month of which it was told that its cap is reached.
  capped_month date,
  primary key (line_id, basis),
  unique (line_id, id),
  check ((basis = 'THRESHOLD') = (threshold is not null)),
  check ((basis = 'SCHEDULE') = (schedule is not null)),
  check ((basis = 'SCHEDULE') = (counts_from is not null)),
  check (stopped_by is null or next_attempt_at is null)
);
create index auto_payment_due on auto_payment (next_attempt_at, line_id) where next_attempt_at is not null;

-- What the acquirer is asked: written before it is, so that a process that dies leaves what it was about. `payment_id` is
-- the key under which it is asked, again and again until the answer is known.
create table auto_payment_attempt (
  line_id uuid not null,
  auto_payment_id uuid not null,
  occasion text not null,
  -- After a refusal the same occasion is tried again, as another payment.
  try integer not null check (try > 0),
  payment_id uuid not null,
  account_id uuid not null,
  card_id uuid not null,
  amount bigint not null check (amount > 0),
  -- The month whose cap it counts towards.
  month date not null,
  state text not null default 'OPEN' check (state in ('OPEN', 'SUCCEEDED', 'REFUSED')),
  begun_at timestamptz not null,
  -- When it is asked, again or for the first time.
  ask_at timestamptz not null,
  asked integer not null default 0 check (asked >= 0),
  ended_at timestamptz,
  refusal text check (length(refusal) between 1 and 200),
  acquirer_payment_id text check (length(acquirer_payment_id) between 1 and 200),
  primary key (line_id, auto_payment_id, occasion, try),
  check ((state = 'OPEN') = (ended_at is null)),
  check ((state = 'REFUSED') = (refusal is not null)),
  check ((state = 'SUCCEEDED') = (acquirer_payment_id is not null))
);
-- Nothing new is begun while an answer is not known, and an occasion that was paid for is over.
create unique index auto_payment_attempt_open on auto_payment_attempt (line_id, auto_payment_id) where state = 'OPEN';
create unique index auto_payment_attempt_paid on auto_payment_attempt (line_id, auto_payment_id, occasion)
  where state = 'SUCCEEDED';
create index auto_payment_attempt_due on auto_payment_attempt (ask_at, line_id) where state = 'OPEN';
create index auto_payment_attempt_month on auto_payment_attempt (line_id, auto_payment_id, month);

insert into policy (name, version, value, valid_from) values
  ('operator.timeZone', 1, '"Europe/Moscow"', '2000-01-01'),
  ('autoPayment.amountMinKopecks', 1, '5000', '2000-01-01'),
  ('autoPayment.amountMaxKopecks', 1, '1000000', '2000-01-01'),
  ('autoPayment.thresholdMinKopecks', 1, '3000', '2000-01-01'),
  ('autoPayment.thresholdMaxKopecks', 1, '1000000', '2000-01-01'),
  ('autoPayment.hour', 1, '10', '2000-01-01'),
  ('autoPayment.refusalsMax', 1, '3', '2000-01-01'),
  ('autoPayment.retryPausesMinutes', 1, '[60, 1440]', '2000-01-01'),
  ('autoPayment.thresholdPauseMinutes', 1, '60', '2000-01-01'),
  ('autoPayment.askAgainSeconds', 1, '[15, 60, 300, 1800, 7200]', '2000-01-01')
on conflict (name, version) do nothing;
