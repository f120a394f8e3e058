-- How much a member may spend of the organization's money in a calendar month; no limit when null.
alter table organization_member add column monthly_limit_kopecks bigint check (monthly_limit_kopecks >= 0);

-- The organizations that a person acts for. A directory: what `organization_member` says, found by the person.
create table person_organization (
  person_id uuid not null,
  organization_id uuid not null,
  primary key (person_id, organization_id)
);
insert into person_organization (person_id, organization_id)
select member_id, organization_id from organization_member;

-- Those who were asked to act for an organization. The code is in the message to them and nowhere else.
create table invitation (
  organization_id uuid not null,
  id uuid not null,
  phone text not null check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  role text not null check (role in ('OWNER', 'ADMINISTRATOR', 'ACCOUNTANT', 'USER')),
  code_hash bytea not null,
  -- Names the secret of the process that the hash was made with.
  secret_id text not null,
  invited_by uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  status text not null default 'PENDING'
    check (status in ('PENDING', 'ACCEPTED', 'DECLINED', 'REVOKED', 'REPLACED')),
  decided_at timestamptz,
  -- Who accepted or declined it, took it back, or sent another in its place.
  decided_by uuid,
  primary key (organization_id, id),
  check ((status = 'PENDING') = (decided_at is null) and (status = 'PENDING') = (decided_by is null))
);
-- The newest invitation of a phone takes the place of the one before.
create unique index invitation_pending on invitation (organization_id, phone) where status = 'PENDING';

-- The invitations that went to a phone. A directory: found by whoever holds the phone.
create table phone_invitation (
  phone text not null,
  organization_id uuid not null,
  invitation_id uuid not null,
  primary key (phone, organization_id, invitation_id)
);

-- What the operator has to say to everybody, or to those of some regions.
create table news (
  id uuid primary key,
  title_ru text not null check (length(title_ru) between 1 and 200),
  title_en text not null check (length(title_en) between 1 and 200),
  body_ru text not null check (length(body_ru) between 1 and 10000),
  body_en text not null check (length(body_en) between 1 and 10000),
  -- Null for everywhere.
  regions text[] check (cardinality(regions) between 1 and 100),
  publish_at timestamptz(3) not null,
  until timestamptz,
  published_by text not null,
  created_at timestamptz not null,
  withdrawn_at timestamptz,
  withdrawn_by text,
  check (until > publish_at),
  check ((withdrawn_at is null) = (withdrawn_by is null))
);
create index news_newest on news (publish_at desc, id desc);

-- As what a member of staff did what they did; null for everybody else.
alter table act add column staff_roles text[];

-- Nobody rewrites the audit trail, whoever owns the tables.
create function refuse_change_of_acts() returns trigger language plpgsql as $$
begin
  raise exception 'the audit trail is only ever added to' using errcode = 'integrity_constraint_violation';
end $$;
create trigger act_is_only_added_to before update or delete or truncate on act
  for each statement execute function refuse_change_of_acts();

insert into policy (name, version, value, valid_from) values
  ('invitation.ttlHours', 1, '168', '2000-01-01'),
  ('invitation.pendingMax', 1, '50', '2000-01-01'),
  ('invitation.dayMax', 1, '100', '2000-01-01');

-- What is not spread by subscriber: see cli/data-layout.test.ts.
comment on table customer_directory is 'directory';
comment on table policy is 'reference';
comment on table news is 'reference';
comment on table outbox is 'queue';
comment on table inbox is 'queue';
