-- Who of an organization set one, and whose month what it takes is of; null where the account is a person's own.
alter table auto_payment add column member_id uuid;
