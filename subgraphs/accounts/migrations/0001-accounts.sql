-- Cabinets: of persons and of organizations.
create table account (
  id uuid primary key,
  kind text not null check (kind in ('INDIVIDUAL', 'ORGANIZATION')),
  display_name text not null check (length(display_name) between 1 and 200),
  language text not null check (language in ('ru', 'en')),
  customer_ref text not null,
  created_at timestamptz not null default now()
);

-- Which account the operator's billing means by its own customer reference. A directory: found by that reference.
create table customer_directory (
  customer_ref text primary key check (length(customer_ref) between 1 and 100),
  account_id uuid not null
);

-- Who acts for an organization.
create table organization_member (
  organization_id uuid not null,
  member_id uuid not null,
  role text not null check (role in ('OWNER', 'ADMINISTRATOR', 'ACCOUNTANT', 'USER')),
  since timestamptz not null default now(),
  primary key (organization_id, member_id)
);
