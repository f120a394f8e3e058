-- Some five times what a request for a code takes, and twice what a hash of a password does: under load, too, most
-- answers leave with the first step, and a person does not notice it.
insert into policy (name, version, value, valid_from) values
  ('otp.answerStepMs', 1, '25', '2000-01-01'),
  ('password.answerStepMs', 1, '100', '2000-01-01');
