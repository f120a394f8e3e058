-- The same of staff as `ended_session` is of customers: sessions that ended before their access tokens did.
create table ended_staff_session (
  staff_id text not null,
  session_id uuid not null,
  until timestamptz not null,
  primary key (staff_id, session_id)
);
create index ended_staff_session_by_until on ended_staff_session (until);
