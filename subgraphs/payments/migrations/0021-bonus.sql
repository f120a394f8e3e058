-- Points are spent oldest first, by whatever entry takes them: by trigger, so that no way of posting can forget it.
create function spend_oldest_points() returns trigger language plpgsql security definer
set search_path = payments, pg_temp as $$
declare
  spent bigint;
begin
  with lot as (
    select id, remaining,
      sum(remaining) over (order by expires_at, earned_at, id rows unbounded preceding) - remaining as older
    from bonus_lot where line_id = new.line_id and remaining > 0
  ), taken as (
    update bonus_lot set remaining = bonus_lot.remaining - least(lot.remaining, new.amount - lot.older)
    from lot where bonus_lot.line_id = new.line_id and bonus_lot.id = lot.id and lot.older < new.amount
    returning least(lot.remaining, new.amount - lot.older) as points
  )
  select coalesce(sum(points), 0) into spent from taken;
  if spent <> new.amount then
    raise exception 'there are not as many points in lots as are spent' using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create trigger points_are_spent_oldest_first after insert on ledger_entry
  for each row when (new.unit = 'POINT' and new.debit_account = 'CUSTOMER')
  execute function spend_oldest_points();

-- A lot is only ever less: what was earned, when, and until when it is good, stays.
revoke update, delete, truncate on bonus_lot from cabinet_payments;

-- For the job that lets points expire.
create index bonus_lot_by_expiry on bonus_lot (expires_at) where remaining > 0;

-- How far a line's entries of money have been looked at for points, and the kopecks that were not enough for another.
create table bonus_progress (
  line_id uuid primary key,
  counted bigint not null check (counted >= 0),
  remainder bigint not null
);

-- What a line has given away on a day of the operator's, under the lock of its balance.
create table bonus_gift_day (
  line_id uuid not null,
  day date not null,
  points bigint not null check (points > 0),
  primary key (line_id, day)
);

insert into policy (name, version, value, valid_from) values
  ('bonus.kopecksPerPoint', 1, '500', '2000-01-01'),
  ('bonus.giftPointsMin', 1, '10', '2000-01-01'),
  ('bonus.giftPointsMax', 1, '1000', '2000-01-01'),
  ('bonus.giftPointsPerDay', 1, '3000', '2000-01-01');
