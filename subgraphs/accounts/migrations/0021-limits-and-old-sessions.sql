-- As many as codes that an address may ask for: subscribers share the addresses of their operator.
insert into policy (name, version, value, valid_from) values
  ('providerSignIn.startsPerAddressHour', 1, '300', '2000-01-01');

-- Sessions go when they were not used for more than a year: until then their device is one that is known.
insert into policy (name, version, value, valid_from) values ('session.retentionDays', 1, '400', '2000-01-01');
create index session_by_use on session (last_used_at);
