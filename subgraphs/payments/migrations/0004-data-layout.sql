-- What is not spread by subscriber: see cli/data-layout.test.ts.
comment on table policy is 'reference';
comment on table top_up_directory is 'directory';
comment on table inbox is 'queue';
