-- Cards that somebody saved to pay by again: a token of the acquirer's, sealed, and what people know the card by. The
-- number never comes here.
create table card (
  account_id uuid not null,
  id uuid not null,
  token_sealed text not null,
  -- Recognizes a card that is saved again, without telling its token.
  fingerprint text not null,
  brand text not null check (length(brand) between 1 and 100),
  last4 text not null check (last4 ~ '^[0-9]{4}$'),
  expiry_year smallint not null check (expiry_year between 2000 and 2199),
  expiry_month smallint not null check (expiry_month between 1 and 12),
  saved_at timestamptz not null,
  primary key (account_id, id),
  unique (account_id, fingerprint)
);

-- A payment by card on its way to the acquirer and back. It is written before the acquirer is asked, with all that is
-- asked, so that whoever finds it asks the same again.
create table card_payment (
  line_id uuid not null,
  payment_id uuid not null,
  -- ASKING: it is not known whether the acquirer has it. OPEN: it has. ENDED: nothing more is to be learnt.
  state text not null default 'ASKING' check (state in ('ASKING', 'OPEN', 'ENDED')),
  -- What is asked, sealed: it tells a telephone and may tell a card's token. Erased when it will not be asked again.
  request_sealed text,
  acquirer_id text check (length(acquirer_id) between 1 and 50),
  confirmation_url text,
  -- The card that paid, where it is saved.
  card_id uuid,
  is_card_saved boolean not null default false,
  -- Until then the customer may pay; after it the acquirer's word still counts, but is not waited for.
  expires_at timestamptz not null,
  captured_at timestamptz,
  refunded bigint not null default 0 check (refunded >= 0),
  primary key (line_id, payment_id),
  unique (line_id, acquirer_id),
  check (state <> 'OPEN' or acquirer_id is not null),
  check (state <> 'ASKING' or request_sealed is not null)
);
-- For the comparison with the acquirer's registry of a day.
create index card_payment_captured on card_payment (captured_at) where captured_at is not null;

-- Whose payment the acquirer's is: one of theirs is one of ours, and is credited once.
create table acquirer_payment_directory (
  acquirer_id text primary key check (length(acquirer_id) between 1 and 50),
  line_id uuid not null,
  payment_id uuid not null
);
comment on table acquirer_payment_directory is 'directory';

-- Money of a payment on its way back to the card. What goes back is set aside first.
create table card_refund (
  line_id uuid not null,
  id uuid not null,
  payment_id uuid not null,
  acquirer_payment_id text not null,
  amount bigint not null check (amount > 0),
  status text not null default 'PENDING' check (status in ('PENDING', 'SUCCEEDED', 'FAILED')),
  -- Who of the staff gave it back.
  staff_id text not null,
  request_sealed text,
  acquirer_id text check (length(acquirer_id) between 1 and 50),
  created_at timestamptz not null,
  ended_at timestamptz,
  -- By the acquirer's clock.
  refunded_at timestamptz,
  failure text check (failure ~ '^[A-Z_]+$'),
  primary key (line_id, id),
  unique (line_id, acquirer_id),
  check ((status = 'PENDING') = (ended_at is null)),
  check (status <> 'PENDING' or request_sealed is not null)
);
create index card_refund_refunded on card_refund (refunded_at) where refunded_at is not null;

insert into policy (name, version, value, valid_from) values
  ('topUp.kopecksMin', 1, '1000', '2000-01-01'),
  ('topUp.kopecksMax', 1, '1500000', '2000-01-01'),
  ('topUp.dayKopecksMax', 1, '6000000', '2000-01-01'),
  ('topUp.dayCountMax', 1, '50', '2000-01-01'),
  ('topUp.minutes', 1, '70', '2000-01-01'),
  ('card.savedMax', 1, '10', '2000-01-01'),
  ('acquirer.pauseSeconds', 1, '15', '2000-01-01'),
  ('acquirer.pauseSecondsMax', 1, '3600', '2000-01-01'),
  ('acquirer.followDays', 1, '7', '2000-01-01'),
  ('refund.holdDays', 1, '30', '2000-01-01'),
  ('receipt.vatCode', 1, '12', '2000-01-01'),
  ('receipt.taxSystemCode', 1, '1', '2000-01-01'),
  ('reconciliation.utcOffsetMinutes', 1, '180', '2000-01-01');
