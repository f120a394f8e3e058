-- How often the money of a line has changed since the line was opened. Opening is no change: it is where it begins.
alter table ledger_balance add column sequence bigint not null default 0 check (sequence >= 0);

-- Each change of a line's money and what was there after it, numbered without gaps. The number is given under the lock
-- of the balance's row, so the changes become visible in their order.
create table balance_change (
  line_id uuid not null,
  sequence bigint not null check (sequence > 0),
  posted bigint not null,
  reserved bigint not null,
  changed_at timestamptz not null,
  primary key (line_id, sequence)
);
revoke update, delete, truncate on balance_change from cabinet_payments;

-- The lines that somebody watches now: only what happens to them is announced. Commits that announce wait for one
-- another, all over the server, and postings must not pay for what nobody hears. A process that watches says so again
-- and again, so nothing is lost with the server's crash that it would not write anew.
create unlogged table balance_watch (
  line_id uuid primary key,
  until timestamptz not null
);

-- By trigger, so that no way of posting can forget it. Who listens learns of it when the posting is committed.
create function record_balance_change() returns trigger language plpgsql as $$
begin
  new.sequence := old.sequence + 1;
  insert into payments.balance_change (line_id, sequence, posted, reserved, changed_at)
    values (new.line_id, new.sequence, new.posted, new.reserved, clock_timestamp());
  -- Both sides of the comparison are the server's own time.
  if exists (select from payments.balance_watch where line_id = new.line_id and until > clock_timestamp()) then
    perform pg_notify('payments_balance', new.line_id || ' ' || new.sequence);
  end if;
  return new;
end $$;
create trigger ledger_balance_is_numbered before update on ledger_balance
  for each row
  when (new.unit = 'KOPECK' and (new.posted, new.reserved) is distinct from (old.posted, old.reserved))
  execute function record_balance_change();

-- Whoever watches a line is looked at again when rights on it change.
create function announce_line_access() returns trigger language plpgsql as $$
begin
  if exists (select from payments.balance_watch where line_id = new.line_id and until > clock_timestamp()) then
    perform pg_notify('payments_balance', new.line_id::text);
  end if;
  return null;
end $$;
create trigger line_access_is_announced after update on line_access
  for each row when ((new.rights, new.until) is distinct from (old.rights, old.until))
  execute function announce_line_access();
