-- What the senders of requests have asked for of late, as gateways tell it: so that many gateways agree who has had
-- enough. It is forgotten as it goes, so nothing is lost with it that matters: a crash may empty it.
create unlogged table spending (
  key text primary key,
  -- How much stood at that moment; it goes down by itself.
  level double precision not null check (level >= 0),
  at timestamptz not null,
  forgotten_per_second double precision not null check (forgotten_per_second > 0),
  -- When nothing of it is left.
  ends_at timestamptz not null
) with (fillfactor = 50);

create index spending_by_end on spending (ends_at);

comment on table spending is 'directory';
