insert into policy (name, version, value, valid_from) values
  ('session.openMax', 1, '100', '2000-01-01'),
  ('password.lengthMin', 1, '15', '2000-01-01'),
  ('password.freshSignInMinutes', 1, '10', '2000-01-01'),
  ('password.wrongTriesPerDay', 1, '20', '2000-01-01'),
  ('password.triesWithoutPause', 1, '3', '2000-01-01'),
  ('password.pauseSeconds', 1, '15', '2000-01-01'),
  ('password.pauseSecondsMax', 1, '900', '2000-01-01');

-- When the last access token of the session ends: until then gateways must know that the session has ended.
alter table session add column access_until timestamptz not null default now();
alter table session alter column access_until drop default;
alter table session drop constraint session_end_reason_check;
alter table session add constraint session_end_reason_check check (end_reason in
  ('SIGNED_OUT', 'REVOKED', 'REPLACED', 'REUSE_DETECTED', 'CREDENTIALS_CHANGED', 'ACCOUNT_CLOSED', 'MEMBERSHIP_ENDED'));
create index session_by_account on session (account_id) where ended_at is null;

-- Refresh tokens that were traded for the next, when first and by which device: only as long as a tab that comes
-- second may still be answered. One that is not here was traded too long ago.
create table session_rotation (
  person_id uuid not null,
  session_id uuid not null,
  generation integer not null,
  device text,
  rotated_at timestamptz not null,
  primary key (person_id, session_id, generation)
);

-- Sessions that ended before their access tokens did: what gateways refuse. Rows go when the tokens have ended.
create table ended_session (
  person_id uuid not null,
  session_id uuid not null,
  until timestamptz not null,
  primary key (person_id, session_id)
);
create index ended_session_by_until on ended_session (until);

-- Passwords of the cabinet, by the person's own account: argon2id with its salt and parameters.
create table password (
  person_id uuid primary key,
  hash text not null check (hash like '$argon2id$%'),
  changed_at timestamptz not null
);

-- When passwords were lately tried, by what they were tried for: a telephone number, or a person who is signed in.
create table password_try (
  subject text primary key,
  tried_at timestamptz[] not null,
  next_at timestamptz not null,
  touched_at timestamptz not null
);
create index password_try_by_time on password_try (touched_at);
