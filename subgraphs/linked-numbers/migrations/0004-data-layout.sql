-- What is not spread by subscriber: see cli/data-layout.test.ts.
comment on table directory is 'directory';
comment on table outbox is 'queue';

-- Nobody rewrites who had which rights when, whoever owns the tables.
create function refuse_change_of_audit() returns trigger language plpgsql as $$
begin
  raise exception 'the audit of rights is only ever added to' using errcode = 'integrity_constraint_violation';
end $$;
create trigger access_audit_is_only_added_to before update or delete or truncate on access_audit
  for each statement execute function refuse_change_of_audit();
