-- Whoever was promised a payment is reminded once before it is due.
alter table promised_payment add column reminded_at timestamptz;
create index promised_payment_to_remind on promised_payment (due_at) where ended_at is null and reminded_at is null;

insert into policy (name, version, value, valid_from) values
  ('promisedPayment.remindHoursBefore', 1, '24', '2000-01-01');
