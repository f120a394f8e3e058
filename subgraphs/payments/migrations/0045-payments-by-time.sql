-- The history of payments is read by when they were begun: the id of one that was shown first is older than that.
create index payment_by_time on payment (line_id, created_at desc, id desc);
