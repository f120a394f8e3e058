-- How often a person asked what a purchase would cost: it has a limit of its own, and shared one count with transfers, so
-- that who had asked about the one could not ask about the other. A table beside `transfer_quote_day` and no column in its
-- key: processes of the release before go on counting there.
create table purchase_quote_day (
  account_id uuid not null,
  day date not null,
  quotes integer not null check (quotes > 0),
  primary key (account_id, day)
);
