-- Nobody's card goes on paying for a line that is closed.
alter table auto_payment
  drop constraint auto_payment_stopped_by_check,
  add constraint auto_payment_stopped_by_check
    check (stopped_by in ('SUBSCRIBER', 'REFUSALS', 'NO_RIGHTS', 'NO_CARD', 'LINE_CLOSED'));
