-- Each merchant is asked about a few purchases at once, beside the others.
drop index purchase_to_ask;
create index purchase_to_ask on purchase (merchant_id, next_ask_at) where not is_over;
