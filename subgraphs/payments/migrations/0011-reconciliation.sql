-- Each comparison of a day's money with the acquirer's registry, and what in it does not agree. It is for people to
-- look at: nothing is posted by it.
create table reconciliation (
  id uuid primary key,
  day date not null,
  -- The names of the files, or where it was fetched from.
  source text not null,
  compared_at timestamptz not null,
  matched integer not null check (matched >= 0),
  matched_kopecks bigint not null
);
comment on table reconciliation is 'staff';

create table reconciliation_difference (
  reconciliation_id uuid not null,
  kind text not null check (kind in ('PAYMENT', 'REFUND')),
  acquirer_id text not null,
  verdict text not null check (verdict in ('MISSING_HERE', 'MISSING_THERE', 'DIFFERING')),
  -- Null where it is missing.
  ours bigint,
  theirs bigint,
  -- Null where it is nobody's of ours.
  line_id uuid,
  payment_id uuid,
  primary key (reconciliation_id, kind, acquirer_id)
);
comment on table reconciliation_difference is 'staff';

-- Refunds are looked for by the acquirer's id, whosever they are.
create index card_refund_by_acquirer on card_refund (acquirer_id) where acquirer_id is not null;
