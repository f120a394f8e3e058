-- Lines whose books the audit has found wrong: what does not reconcile is not served until it has been put right.
create table ledger_quarantine (
  line_id uuid primary key,
  since timestamptz not null,
  reason text not null check (length(reason) between 1 and 500)
);

-- When the last entry was posted: moments follow numbers, though clocks of two processes differ, and who waited for the
-- row has looked at the clock long ago. What a line had at a moment must have one answer (see 0019).
alter table ledger_balance add column entry_posted_at timestamptz;
update ledger_balance as balance set entry_posted_at = entry.posted_at
  from ledger_entry as entry
  where entry.line_id = balance.line_id and entry.unit = balance.unit and entry.sequence = balance.entry_sequence;

-- The number of the last entry that was posted by a moment; 0 when there was none. Numbers have no gaps and moments
-- follow them, so halving finds it in a few steps, and no second index has to be kept with every posting.
create function last_entry_at(of_line uuid, of_unit ledger_unit, at timestamptz) returns bigint
  language plpgsql stable as $$
declare
  low bigint := 0;
  high bigint := coalesce((select entry_sequence from ledger_balance where line_id = of_line and unit = of_unit), 0);
  middle bigint;
begin
  while low < high loop
    middle := (low + high + 1) / 2;
    if (select posted_at from ledger_entry where line_id = of_line and unit = of_unit and sequence = middle) <= at then
      low := middle;
    else
      high := middle - 1;
    end if;
  end loop;
  return low;
end $$;

insert into policy (name, version, value, valid_from) values
  ('operator.timeZone', 1, '"Europe/Moscow"', '2000-01-01'),
  ('forecast.daysMax', 1, '92', '2000-01-01');
