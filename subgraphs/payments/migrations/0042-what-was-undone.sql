-- Which switching on was undone last: asked again, on whatever day, it is undone still.
alter table live_balance add column undone_consent_id uuid;
update live_balance set undone_consent_id = consent_id
where undone_on is not null and not is_enabled and paid_until is null;
