-- Whoever closes their cabinet has nothing taken off their cards any more: these are what is looked for then.
create index auto_payment_of_payer on auto_payment (account_id) where stopped_by is null;
create index card_payment_to_save on card_payment (line_id, payment_id) where is_card_saved and state <> 'ENDED';
