insert into policy (name, version, value, valid_from) values
  ('message.retentionDays', 1, '30', '2000-01-01');

-- Text messages, their receipts and the marks of events that came go when they are old: found by their age.
create index message_by_age on message (created_at);
create index message_receipt_by_age on message_receipt (created_at);
create index inbox_by_age on inbox (received_at);

-- What is not spread by subscriber.
comment on table message_receipt is 'directory';
comment on table conversation_directory is 'directory';
comment on table password_try is 'directory';
comment on table ussd_nonce is 'queue';
comment on table help_article is 'reference';
comment on table help_word is 'reference';
comment on table staff_session is 'staff';
comment on table ended_staff_session is 'staff';
comment on table staff_act is 'staff';
