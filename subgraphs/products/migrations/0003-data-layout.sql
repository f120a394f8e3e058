-- What is not spread by subscriber: see cli/data-layout.test.ts.
comment on table offering is 'reference';
comment on table offering_version is 'reference';
comment on table inbox is 'queue';
