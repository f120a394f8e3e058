-- Lines on which «Управление номерами» is on: only they can be linked to another cabinet.
create table number_management (
  line_id uuid primary key,
  enabled_at timestamptz not null
);

-- What was switched on and off on lines, and by whom, for whoever asks later: only ever added to.
create table line_act (
  line_id uuid not null,
  id uuid not null,
  kind text not null check (kind ~ '^[A-Z_]+$'),
  -- `account:<id>` or `service:<name>`.
  done_by text not null,
  done_at timestamptz not null,
  primary key (line_id, id)
);
revoke update, delete, truncate on line_act from cabinet_linked_numbers;
