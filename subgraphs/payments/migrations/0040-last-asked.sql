-- When the acquirer was last asked to take or give back money, by the key that it forgets after a day. What it does not
-- list soon after that may still be on its way. Of what waits now nobody wrote it down: the latest it can have been.
alter table card_payment add column asked_at timestamptz;
alter table card_refund add column asked_at timestamptz;
update card_payment set asked_at = now() where state = 'ASKING';
update card_refund set asked_at = now() where status = 'PENDING';
