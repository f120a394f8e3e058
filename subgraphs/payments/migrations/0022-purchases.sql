-- The fee of a purchase is another line of the statement than the purchase.
alter domain ledger_kind drop constraint ledger_kind_check;
alter domain ledger_kind add constraint ledger_kind_check check (value in (
  'OPENING_BALANCE', 'TOP_UP', 'TRANSFER_OUT', 'TRANSFER_IN', 'TRANSFER_FEE', 'TRANSFER_RETURN',
  'PROMISED_PAYMENT_FEE', 'SERVICE_CHARGE', 'SUBSCRIPTION_FEE', 'PURCHASE', 'PURCHASE_FEE', 'CARD_REFUND',
  'COMPENSATION', 'BONUS_EARNED', 'BONUS_SPENT', 'BONUS_EXPIRED', 'BONUS_GIVEN', 'BONUS_RECEIVED', 'CORRECTION'
));

-- Whom services can be paid to from a line. Where each is asked is no matter of the database.
create table merchant (
  id text primary key check (id ~ '^[a-z0-9-]{1,50}$'),
  name_ru text not null,
  name_en text not null,
  -- What the customer's account with the merchant is called, how it is written, and one for show.
  reference_label_ru text not null,
  reference_label_en text not null,
  reference_pattern text not null,
  reference_example text not null,
  amount_min bigint not null check (amount_min > 0),
  amount_max bigint not null check (amount_max >= amount_min),
  -- Thousandths of the amount, on top of it.
  fee_permille integer not null default 0 check (fee_permille between 0 and 200),
  is_open boolean not null default true
);
comment on table merchant is 'reference';
revoke delete, truncate on merchant from cabinet_payments;

-- A purchase as it was shown before it was confirmed. Of the person to whom it was shown; a purchase is the payment of
-- the same id: so a quote is paid once.
create table purchase_quote (
  account_id uuid not null,
  id uuid not null,
  -- In whose cabinet the person acts.
  acting_account_id uuid not null,
  line_id uuid not null,
  merchant_id text not null,
  reference text not null check (length(reference) between 1 and 100),
  transaction_id text not null check (transaction_id ~ '^[0-9]{1,20}$'),
  amount bigint not null check (amount > 0),
  fee bigint not null check (fee >= 0),
  quoted_at timestamptz not null,
  valid_until timestamptz not null check (valid_until > quoted_at),
  primary key (account_id, id)
);
create index purchase_quote_over on purchase_quote (valid_until);

-- A purchase of which the merchant has not said yet how it ended. It is asked again until it does; who asks has taken
-- the row until `next_ask_at`.
create table purchase (
  line_id uuid not null,
  -- Of the payment.
  id uuid not null,
  merchant_id text not null,
  reference text not null,
  transaction_id text not null,
  amount bigint not null check (amount > 0),
  fee bigint not null check (fee >= 0),
  begun_at timestamptz not null,
  asked integer not null default 0 check (asked >= 0),
  next_ask_at timestamptz not null,
  is_over boolean not null default false,
  -- Whose month it was counted in, where the member of an organization paid.
  member jsonb,
  primary key (line_id, id)
);
create index purchase_to_ask on purchase (next_ask_at) where not is_over;

-- Our numbers of payments by merchants' protocol: each is given once, whichever line it is for.
create table merchant_transaction (
  id text primary key,
  line_id uuid not null
);
comment on table merchant_transaction is 'directory';

insert into policy (name, version, value, valid_from) values
  ('purchase.quoteMinutes', 1, '5', '2000-01-01'),
  ('purchase.quotesPerDay', 1, '100', '2000-01-01'),
  ('purchase.askAgainSeconds', 1, '5', '2000-01-01'),
  ('purchase.askAgainSecondsMax', 1, '3600', '2000-01-01');
