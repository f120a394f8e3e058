-- The fee of a purchase is spent as the purchase is: it counted towards the cap while it was set aside, and no more once it
-- was taken. The index has one kind more, so it serves those who do not ask for it yet too.
create index ledger_entry_spending_with_fees on ledger_entry (line_id, posted_at) where unit = 'KOPECK' and kind in (
  'SERVICE_CHARGE', 'SUBSCRIPTION_FEE', 'PURCHASE', 'PURCHASE_FEE', 'TRANSFER_OUT', 'TRANSFER_FEE', 'TRANSFER_RETURN',
  'PROMISED_PAYMENT_FEE', 'COMPENSATION'
);
drop index ledger_entry_spending;
alter index ledger_entry_spending_with_fees rename to ledger_entry_spending;

-- What this month's fees add is compared with caps anew.
update spend_cap set is_stale = true where not is_stale;
