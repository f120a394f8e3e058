-- Whose month the first day was counted in, where the member of an organization switched it on.
alter table live_balance add column member jsonb;
