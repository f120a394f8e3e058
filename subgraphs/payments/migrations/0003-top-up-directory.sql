-- Which line a top-up of another system went to. A directory: found by that system's id, so that one payment is
-- credited once whichever line it is asked for.
create table top_up_directory (
  external_id text primary key check (length(external_id) between 1 and 100),
  line_id uuid not null
);
