-- What can be had: tariffs and options. Small, the same everywhere: a reference table.
create table offering (
  id uuid primary key,
  code text not null unique check (length(code) between 1 and 100),
  kind text not null check (kind in ('TARIFF', 'OPTION')),
  is_archived boolean not null default false
);

-- What an offering is called and costs, from a moment on. The newest that has begun is the one that counts.
create table offering_version (
  offering_id uuid not null references offering,
  version integer not null check (version > 0),
  valid_from timestamptz not null,
  name_ru text not null,
  name_en text not null,
  category text,
  fee_kopecks bigint not null check (fee_kopecks >= 0),
  period text not null check (period in ('ONCE', 'DAY', 'MONTH')),
  allowances jsonb not null default '[]',
  primary key (offering_id, version)
);

-- The version of each offering that counts at this moment.
create view current_offering as
select distinct on (offering.id)
  offering.id, offering.code, offering.kind, offering.is_archived, version.version, version.name_ru, version.name_en,
  version.category, version.fee_kopecks, version.period, version.allowances
from offering
join offering_version as version on version.offering_id = offering.id and version.valid_from <= now()
order by offering.id, version.version desc;
