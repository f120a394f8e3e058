-- A transfer as it was shown before it was confirmed: what it costs, to whom, until when. Of the person to whom it was
-- shown; what was never confirmed is forgotten. A transfer is the payment of the same id: so a quote is paid once.
create table transfer_quote (
  account_id uuid not null,
  id uuid not null,
  -- In whose cabinet the person acts.
  acting_account_id uuid not null,
  line_id uuid not null,
  to_phone text not null check (to_phone ~ '^\+[1-9][0-9]{6,14}$'),
  to_line_id uuid not null,
  amount bigint not null check (amount > 0),
  fee bigint not null check (fee >= 0),
  -- Of the policy `transfer.feeKopecks`.
  fee_version integer not null check (fee_version > 0),
  quoted_at timestamptz not null,
  valid_until timestamptz not null check (valid_until > quoted_at),
  primary key (account_id, id)
);
-- For clearing away.
create index transfer_quote_over on transfer_quote (valid_until);

-- How often a person asked what a transfer would cost: asking tells whether a number is a subscriber's.
create table transfer_quote_day (
  account_id uuid not null,
  day date not null,
  quotes integer not null check (quotes > 0),
  primary key (account_id, day)
);

-- What a line has sent and received on a day of the operator's, under the lock of its balance.
create table transfer_day (
  line_id uuid not null,
  day date not null,
  sent bigint not null default 0 check (sent >= 0),
  received bigint not null default 0 check (received >= 0),
  primary key (line_id, day)
);

-- What a member has spent for an organization in a calendar month.
create table member_spending (
  organization_id uuid not null,
  member_id uuid not null,
  month date not null check (extract(day from month) = 1),
  spent bigint not null default 0 check (spent >= 0),
  primary key (organization_id, member_id, month)
);

insert into policy (name, version, value, valid_from) values
  ('transfer.amountMinKopecks', 1, '100', '2000-01-01'),
  ('transfer.amountMaxKopecks', 1, '30000', '2000-01-01'),
  ('transfer.sentPerDayKopecks', 1, '150000', '2000-01-01'),
  ('transfer.receivedPerDayKopecks', 1, '300000', '2000-01-01'),
  ('transfer.mustStayKopecks', 1, '9000', '2000-01-01'),
  ('transfer.feeKopecks', 1, '700', '2000-01-01'),
  ('transfer.quoteMinutes', 1, '5', '2000-01-01'),
  ('transfer.quotesPerDay', 1, '100', '2000-01-01'),
  ('simSwap.holdHours', 1, '24', '2000-01-01'),
  ('operator.timeZone', 1, '"Europe/Moscow"', '2000-01-01')
  on conflict do nothing;
