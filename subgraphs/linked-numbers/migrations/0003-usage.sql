-- What was called, sent and loaded on a line, and what it cost, as the operator's rating told us.
create table usage_record (
  line_id uuid not null,
  id uuid not null,
  external_id text not null check (length(external_id) between 1 and 100),
  kind text not null check (kind in ('VOICE', 'SMS', 'MMS', 'DATA')),
  started_at timestamptz not null,
  counterparty text check (length(counterparty) between 1 and 100),
  quantity numeric(20, 6) not null check (quantity >= 0),
  unit text not null check (unit in ('SECOND', 'MESSAGE', 'MEGABYTE')),
  cost_kopecks bigint not null check (cost_kopecks >= 0),
  primary key (line_id, id),
  unique (line_id, external_id)
);
