-- Of which lots a waiting hold of points is: they are kept for it, past the day on which they expire too, until it ends.
create table bonus_lot_hold (
  line_id uuid not null,
  hold_id uuid not null,
  lot_id uuid not null,
  points bigint not null check (points > 0),
  primary key (line_id, hold_id, lot_id),
  foreign key (line_id, hold_id) references hold (line_id, id),
  foreign key (line_id, lot_id) references bonus_lot (line_id, id)
);
revoke insert, update, delete, truncate on bonus_lot_hold from cabinet_payments;

-- Points of a lot that no hold has set aside.
create function free_points(lot bonus_lot) returns bigint language sql stable as $$
  select lot.remaining - coalesce((
    select sum(held.points) from bonus_lot_hold as held
    where held.line_id = lot.line_id and held.lot_id = lot.id
  ), 0)::bigint
$$;

-- A hold of points takes them from the lots that expire first, of those whose time is not over; when it is free again, so
-- are they. What a hold that was captured takes goes with the entry that takes it.
create function hold_oldest_points() returns trigger language plpgsql security definer
set search_path = payments, pg_temp as $$
declare
  held bigint;
begin
  if tg_op = 'UPDATE' then
    delete from bonus_lot_hold where line_id = new.line_id and hold_id = new.id and new.state <> 'CAPTURED';
    return null;
  end if;
  with part as (
    select id, expires_at, earned_at, free_points(bonus_lot) as points from bonus_lot
    where line_id = new.line_id and remaining > 0 and expires_at > new.created_at
  ), lot as (
    select id, points, sum(points) over (order by expires_at, earned_at, id rows unbounded preceding) - points as older
    from part where points > 0
  ), taken as (
    insert into bonus_lot_hold (line_id, hold_id, lot_id, points)
    select new.line_id, new.id, id, least(points, new.amount - older) from lot where older < new.amount
    returning points
  )
  select coalesce(sum(points), 0) into held from taken;
  if held <> new.amount then
    raise exception 'there are not as many points in lots as are set aside'
      using errcode = 'integrity_constraint_violation';
  end if;
  return null;
end $$;
create trigger points_are_set_aside_oldest_first after insert or update on hold
  for each row when (new.unit = 'POINT') execute function hold_oldest_points();

-- As before, from the lots that it may take of: a captured hold of its own, everything else of what no hold has set aside,
-- people of what has not expired, and what expires of what has.
create or replace function spend_oldest_points() returns trigger language plpgsql security definer
set search_path = payments, pg_temp as $$
declare
  cause ledger_transaction;
  captured_hold_id uuid;
  spent bigint;
begin
  select * into strict cause from ledger_transaction where line_id = new.line_id and id = new.transaction_id;
  select id into captured_hold_id from hold
    where line_id = new.line_id and source_key = cause.source_key and unit = 'POINT' and state = 'CAPTURED';
  with part as (
    select lot.id, lot.expires_at, lot.earned_at, held.points
    from bonus_lot_hold as held join bonus_lot as lot on lot.line_id = held.line_id and lot.id = held.lot_id
    where held.line_id = new.line_id and held.hold_id = captured_hold_id
    union all
    select id, expires_at, earned_at, free_points(bonus_lot) from bonus_lot
    where line_id = new.line_id and remaining > 0 and captured_hold_id is null and case
      when new.kind = 'BONUS_EXPIRED' then expires_at <= cause.occurred_at
      when new.kind in ('BONUS_SPENT', 'BONUS_GIVEN') then expires_at > cause.occurred_at
      else true end
  ), lot as (
    select id, points, sum(points) over (order by expires_at, earned_at, id rows unbounded preceding) - points as older
    from part where points > 0
  ), taken as (
    update bonus_lot set remaining = bonus_lot.remaining - least(lot.points, new.amount - lot.older)
    from lot where bonus_lot.line_id = new.line_id and bonus_lot.id = lot.id and lot.older < new.amount
    returning least(lot.points, new.amount - lot.older) as points
  )
  select coalesce(sum(points), 0) into spent from taken;
  if spent <> new.amount then
    raise exception 'there are not as many points in lots as are spent' using errcode = 'integrity_constraint_violation';
  end if;
  delete from bonus_lot_hold where line_id = new.line_id and hold_id = captured_hold_id;
  return null;
end $$;

-- In the order in which the round that lets points expire goes through them, and by line what can be spent.
drop index bonus_lot_by_expiry;
create index bonus_lot_by_expiry on bonus_lot (expires_at, line_id) where remaining > 0;
create index bonus_lot_of_line on bonus_lot (line_id, expires_at) where remaining > 0;
