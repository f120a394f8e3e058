-- Lines whose books the audit has found wrong: what does not reconcile is not served until it has been put right.
create table if not exists ledger_quarantine (
  line_id uuid primary key,
  since timestamptz not null,
  reason text not null check (length(reason) between 1 and 500)
);

-- The audit of each day: whoever writes the day down does it, and nobody else. One that does not finish is begun anew.
create table ledger_audit (
  day date primary key,
  started_at timestamptz not null,
  finished_at timestamptz,
  breaches integer check (breaches >= 0),
  check ((finished_at is null) = (breaches is null))
);
comment on table ledger_audit is 'queue';

-- Why something is held, for the statement of who is charged when it is captured.
alter table hold add column cause jsonb not null default '{}' check (jsonb_typeof(cause) = 'object');

insert into policy (name, version, value, valid_from) values
  ('hold.ttlMinutesMax', 1, '10080', '2000-01-01'),
  ('audit.utcHour', 1, '1', '2000-01-01');
