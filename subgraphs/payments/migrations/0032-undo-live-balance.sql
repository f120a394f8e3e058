-- Whoever has switched the live balance on by mistake has the money back, once a day.
alter table live_balance
  -- Until when the last switching on can be undone; null when it cost nothing.
  add column undo_until timestamptz,
  -- The day on which one was undone last: that day is charged again when it is switched on again.
  add column undone_on date;

insert into policy (name, version, value, valid_from) values
  ('liveBalance.undoMinutes', 1, '15', '2000-01-01');
