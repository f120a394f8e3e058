-- As many as codes that an address may ask for: subscribers share the addresses of their operator.
insert into policy (name, version, value, valid_from) values
  ('providerSignIn.startsPerAddressHour', 1, '300', '2000-01-01');
