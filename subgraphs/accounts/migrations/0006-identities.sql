-- How long a person may take at a provider of identities, and how long staff work before they show again who they are.
insert into policy (name, version, value, valid_from) values
  ('providerSignIn.minutes', 1, '10', '2000-01-01'),
  ('staff.sessionMinutes', 1, '60', '2000-01-01');

-- Sign-ins that are under way at a provider, found by the state that comes back from there.
create table provider_sign_in (
  -- Hashes: who reads the table cannot take a sign-in over.
  state_hash bytea primary key check (length(state_hash) = 32),
  -- Of what only the browser or device has that began.
  flow_secret_hash bytea not null check (length(flow_secret_hash) = 32),
  provider_id text not null,
  purpose text not null check (purpose in ('SIGN_IN', 'ATTACH', 'STAFF')),
  redirect_uri text not null,
  -- The nonce and the code verifier, sealed.
  secrets text not null,
  -- Whose session attaches an identity.
  person_id uuid,
  session_id text,
  expires_at timestamptz not null,
  used_at timestamptz,
  check ((purpose = 'ATTACH') = (person_id is not null)),
  check ((person_id is null) = (session_id is null))
);
create index provider_sign_in_by_expiry on provider_sign_in (expires_at);
comment on table provider_sign_in is 'queue';

-- The accounts of people at providers, by which they sign in here: one at each provider.
create table identity (
  account_id uuid not null,
  provider_id text not null,
  id uuid not null,
  -- The provider's own name of the person; never an e-mail address or a telephone number, which change hands.
  subject text not null check (length(subject) between 1 and 255),
  attached_at timestamptz not null,
  last_used_at timestamptz,
  primary key (account_id, provider_id),
  unique (account_id, id)
);

-- Whose identity it is: of one account, ever. A directory: found by what the provider says.
create table identity_directory (
  provider_id text not null,
  subject text not null,
  account_id uuid not null,
  primary key (provider_id, subject)
);
comment on table identity_directory is 'directory';

-- What the trusted network element said of a request, used once; kept while its time would still be believed.
-- Found by the element's own name for it.
create table network_assertion (
  jti text primary key check (length(jti) between 1 and 100),
  used_at timestamptz not null
);
create index network_assertion_by_time on network_assertion (used_at);
comment on table network_assertion is 'queue';

-- Sessions of staff, by the name that the operator's own provider gives them.
create table staff_session (
  staff_id text not null check (length(staff_id) between 1 and 255),
  id uuid not null,
  roles text[] not null check (cardinality(roles) > 0),
  device text,
  address inet,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  end_reason text check (end_reason in ('SIGNED_OUT', 'REVOKED')),
  primary key (staff_id, id),
  check ((ended_at is null) = (end_reason is null))
);

-- What staff did that was done to no customer's account: only ever added to.
create table staff_act (
  staff_id text not null,
  id uuid not null,
  at timestamptz not null,
  kind text not null check (kind ~ '^[A-Z_]+$'),
  details jsonb not null default '{}',
  address inet,
  session_id uuid,
  request_id text,
  primary key (staff_id, id)
);
revoke update, delete, truncate on staff_act from cabinet_accounts;
