-- By which share of the amount a fee was found: what a merchant's is may change between. Null for what was begun before.
alter table purchase_quote add column fee_permille integer check (fee_permille between 0 and 200);
alter table purchase add column fee_permille integer check (fee_permille between 0 and 200);
