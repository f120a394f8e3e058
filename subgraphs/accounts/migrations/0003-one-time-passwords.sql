insert into policy (name, version, value, valid_from) values
  ('captcha.ttlSeconds', 1, '300', '2000-01-01'),
  ('captcha.proofOfWorkCost', 1, '5000', '2000-01-01'),
  ('captcha.perAddressHour', 1, '1000', '2000-01-01'),
  ('otp.ttlSeconds', 1, '172800', '2000-01-01'),
  ('otp.overlapSeconds', 1, '600', '2000-01-01'),
  ('otp.triesPerCode', 1, '5', '2000-01-01'),
  ('otp.wrongTriesPerDay', 1, '20', '2000-01-01'),
  ('otp.guessesPerAddressHour', 1, '1000', '2000-01-01'),
  ('otp.guessesPerDeviceHour', 1, '200', '2000-01-01'),
  ('otp.resendPauseSeconds', 1, '30', '2000-01-01'),
  ('otp.resendPauseMaxSeconds', 1, '900', '2000-01-01'),
  ('otp.resendWithinSeconds', 1, '3600', '2000-01-01'),
  ('otp.sendsPerRequest', 1, '4', '2000-01-01'),
  ('otp.sendsPerDay', 1, '10', '2000-01-01'),
  ('otp.screensPerHour', 1, '6', '2000-01-01'),
  ('otp.sendsPerAddressHour', 1, '300', '2000-01-01'),
  ('otp.sendsPerDeviceHour', 1, '100', '2000-01-01'),
  ('otp.sendsPerPrefixHour', 1, '500', '2000-01-01'),
  ('otp.sendsPerHour', 1, '50000', '2000-01-01'),
  ('otp.decoySentMs', 1, '[100, 1500]', '2000-01-01'),
  ('otp.decoyDeliveredMs', 1, '[1500, 9000]', '2000-01-01'),
  ('otp.decoyFailurePermille', 1, '20', '2000-01-01');

-- Captchas that were answered, rightly or not: each may be answered once. A directory: found by the captcha's id.
create table used_captcha (
  id uuid primary key,
  expires_at timestamptz not null
);
create index used_captcha_by_expiry on used_captcha (expires_at);

-- What was tried and sent lately, by the number: a row for each number that somebody typed, known or not. Whoever
-- changes anything of a number holds its row, so that all of it follows one another.
create table one_time_password_use (
  phone text primary key check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  -- The moments that still count, oldest first.
  wrong_at timestamptz[] not null default '{}',
  sent_at timestamptz[] not null default '{}',
  touched_at timestamptz not null
);
create index one_time_password_use_by_touch on one_time_password_use (touched_at);

-- Passwords by the number that they are for. A number that nobody has gets them too, and nobody learns them.
create table one_time_password (
  phone text not null,
  id uuid not null,
  -- The password that was asked for with a captcha, and from which this one was sent again.
  request_id uuid not null,
  way text not null check (way in ('SMS', 'USSD')),
  -- A keyed hash: a plain one of a million possible codes would be no secret.
  code_hash bytea not null,
  secret_id text not null,
  wrong_tries integer not null default 0 check (wrong_tries >= 0),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  primary key (phone, id)
);
create index one_time_password_by_expiry on one_time_password (expires_at);

-- Whose number a delivery goes to. A directory: found by the delivery's id, which is the password's.
create table one_time_password_delivery (
  id uuid primary key,
  phone text not null,
  expires_at timestamptz not null
);
create index one_time_password_delivery_by_expiry on one_time_password_delivery (expires_at);

-- Messages that were never sent, because nobody has the number: what is told of them was drawn when they were made.
-- Checked like a message, so that writing one takes as long.
create table decoy_message (
  phone text not null check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  id uuid not null,
  body text not null,
  sent_at timestamptz not null,
  ended_at timestamptz not null,
  ended_as text not null check (ended_as in ('DELIVERED', 'FAILED')),
  expires_at timestamptz not null,
  primary key (phone, id)
);
create index decoy_message_by_expiry on decoy_message (expires_at);

-- How often something was done in the hour that is running: by an address, by a device, to the numbers of a prefix. A
-- directory: found by what is counted.
create table turn (
  key text primary key check (length(key) between 1 and 200),
  taken integer not null check (taken > 0),
  ends_at timestamptz not null
);
create index turn_by_end on turn (ends_at);

-- The cabinet of whoever uses an organization's number. A directory: found by the number and the line, so that the
-- next to have the number does not get the cabinet of the one before.
create table phone_cabinet (
  phone text not null check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  line_id uuid not null,
  account_id uuid not null,
  primary key (phone, line_id)
);

-- What is not spread by subscriber.
comment on table used_captcha is 'directory';
comment on table one_time_password_delivery is 'directory';
comment on table turn is 'directory';
