-- Lines whose books the audit has found wrong: what does not reconcile is not served until it has been put right.
create table ledger_quarantine (
  line_id uuid primary key,
  since timestamptz not null,
  reason text not null check (length(reason) between 1 and 500)
);

insert into policy (name, version, value, valid_from) values
  ('operator.timeZone', 1, '"Europe/Moscow"', '2000-01-01'),
  ('forecast.daysMax', 1, '92', '2000-01-01');
