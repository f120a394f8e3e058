insert into policy (name, version, value, valid_from) values
  ('consultant.textLengthMax', 1, '2000', '2000-01-01'),
  ('consultant.commentLengthMax', 1, '500', '2000-01-01'),
  ('consultant.questionsPerHour', 1, '30', '2000-01-01'),
  ('consultant.confidenceRank', 1, '0.3', '2000-01-01'),
  ('consultant.confidenceMargin', 1, '0.2', '2000-01-01'),
  ('consultant.deadlineSeconds', 1, '120', '2000-01-01'),
  ('consultant.leaseSeconds', 1, '300', '2000-01-01'),
  ('consultant.ratingHours', 1, '24', '2000-01-01'),
  ('consultant.retentionDays', 1, '365', '2000-01-01');

-- Help articles: reference rows, loaded from the files of the repository by whoever migrates.
create table help_article (
  slug text not null check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  language text not null check (language in ('ru', 'en')),
  title text not null,
  keywords text not null,
  body text not null,
  operation text not null,
  content_hash text not null,
  -- Nobody types the dots of a ё reliably, so it is searched as an е.
  search tsvector not null generated always as (
    case language
      when 'ru' then
        setweight(to_tsvector('pg_catalog.russian', translate(title, 'ёЁ', 'еЕ')), 'A')
        || setweight(to_tsvector('pg_catalog.russian', translate(keywords, 'ёЁ', 'еЕ')), 'B')
        || setweight(to_tsvector('pg_catalog.russian', translate(body, 'ёЁ', 'еЕ')), 'D')
      else
        setweight(to_tsvector('pg_catalog.english', title), 'A')
        || setweight(to_tsvector('pg_catalog.english', keywords), 'B')
        || setweight(to_tsvector('pg_catalog.english', body), 'D')
    end
  ) stored,
  primary key (slug, language)
);

-- Which words an article has and how much of it each is: what the search reads. Made of the articles with them.
create table help_word (
  language text not null,
  lexeme text not null,
  slug text not null,
  -- Occurrences, of which those in the title and among the keywords count for more.
  frequency double precision not null check (frequency > 0),
  primary key (language, lexeme, slug)
);
revoke insert, update, delete, truncate on help_article, help_word from cabinet_accounts;

-- Conversations with the consultant.
create table conversation (
  account_id uuid not null,
  id uuid not null,
  language text not null check (language in ('ru', 'en')),
  status text not null check (status in ('SUGGESTED', 'WAITING', 'IN_PROGRESS', 'ANSWERED', 'CLOSED')),
  -- The number of its last message: the next gets the one after, under the lock of this row, so there is no gap.
  last_sequence integer not null default 0 check (last_sequence >= 0),
  created_at timestamptz not null,
  changed_at timestamptz not null,
  -- Once a person has been asked, what follows is for persons too.
  is_for_staff boolean not null default false,
  -- By when a person should have answered; stays the same through taking and returning.
  deadline_at timestamptz,
  escalated_at timestamptz,
  taken_by text,
  lease_until timestamptz,
  rating smallint check (rating between 1 and 5),
  rating_comment text,
  rated_at timestamptz,
  primary key (account_id, id),
  check ((status in ('WAITING', 'IN_PROGRESS')) = (deadline_at is not null)),
  check ((status = 'IN_PROGRESS') = (lease_until is not null)),
  check (status not in ('WAITING', 'SUGGESTED') or taken_by is null),
  check (status <> 'IN_PROGRESS' or taken_by is not null),
  check ((rating is null) = (rated_at is null))
);
create index conversation_queue on conversation (deadline_at, id) where status in ('WAITING', 'IN_PROGRESS');
create index conversation_by_age on conversation (changed_at);

-- A directory: staff name a conversation by its id alone.
create table conversation_directory (
  conversation_id uuid primary key,
  account_id uuid not null
);

-- What was said, in order and without gaps.
create table conversation_message (
  account_id uuid not null,
  conversation_id uuid not null,
  sequence integer not null check (sequence > 0),
  author text not null check (author in ('CUSTOMER', 'ASSISTANT', 'CONSULTANT')),
  -- The member of staff, for the audit; null for the others.
  staff_id text,
  language text not null check (language in ('ru', 'en')),
  text text not null,
  -- The slugs of the help articles that it points to, the best first.
  articles text[] not null default '{}',
  written_at timestamptz not null,
  primary key (account_id, conversation_id, sequence),
  check ((author = 'CONSULTANT') = (staff_id is not null))
);
revoke update on conversation_message from cabinet_accounts;

-- By trigger, so that no way of writing can forget it. Who listens learns of it when the message is committed.
create function announce_conversation_message() returns trigger language plpgsql as $$
begin
  perform pg_notify('accounts_conversation', new.conversation_id || ' ' || new.sequence);
  return null;
end $$;
create trigger conversation_message_is_announced after insert on conversation_message
  for each row execute function announce_conversation_message();

-- What each key of an asker led to, so that a repetition gets the same answer.
create table consultant_request (
  account_id uuid not null,
  -- `questions`, or who of staff answers in which conversation.
  scope text not null,
  idempotency_key text not null,
  -- Of what was asked for under the key: another body is another request.
  body_hash text not null,
  conversation_id uuid not null,
  -- Which messages it wrote; none until the transaction that claimed the key is about to end.
  first_sequence integer,
  last_sequence integer,
  requested_at timestamptz not null,
  primary key (account_id, scope, idempotency_key)
);

-- How many questions an account has asked in its present hour.
create table question_count (
  account_id uuid primary key,
  hour_began_at timestamptz not null,
  questions integer not null check (questions > 0)
);
