-- As before, and what a hold gives back cannot be borrowed again: a promised payment that ended while it was set aside left
-- a debt as wide as that, to be spent without a promise, or beside the next one. What is captured is about to be posted.
create or replace function follow_hold() returns trigger language plpgsql security definer set search_path = payments, pg_temp as $$
begin
  if tg_op = 'INSERT' and new.state <> 'PENDING' then
    raise exception 'a hold begins as one that waits' using errcode = 'integrity_constraint_violation';
  end if;
  if tg_op = 'UPDATE' and (old.state <> 'PENDING' or new.state = 'PENDING' or
    (to_jsonb(old) - array['state', 'captured', 'ended_at']) <> (to_jsonb(new) - array['state', 'captured', 'ended_at'])
  ) then
    raise exception 'a hold ends once and is otherwise never changed' using errcode = 'integrity_constraint_violation';
  end if;
  update ledger_balance
    set reserved = reserved + case tg_op when 'INSERT' then new.amount else -new.amount end,
      debt_limit = case tg_op when 'INSERT' then debt_limit
        else least(debt_limit, greatest(0, reserved - new.amount + new.captured - posted)) end
    where line_id = new.line_id and unit = new.unit;
  if not found then
    raise exception 'a hold needs a balance' using errcode = 'foreign_key_violation';
  end if;
  return null;
end $$;

-- Those that were left so.
update ledger_balance set debt_limit = greatest(0, reserved - posted)
  where debt_limit > greatest(0, reserved - posted);
