import { SUBGRAPH_NAMES, schemaName } from '../../platform/subgraph/name.ts'
import type { TestDatabase } from './test-database.ts'

/** What a table's comment may declare it to be: then its keys may begin with anything. */
export const DECLARATIONS = {
  /** Few rows, the same on every machine. */
  reference: 'has few rows, which every machine can have a copy of',
  /** Found by another key than the subscriber's, and holds nothing but where to look. */
  directory: 'is found by another key, and says where to look',
  /** Rows that come and go, of each machine its own. */
  queue: 'has rows that wait for something and then go',
  /** Few rows beside the subscribers', on one machine. */
  staff: 'is of staff, who are no subscribers',
} as const

/** The columns that say whose a row is. */
const SUBSCRIBER_KEYS = ['account_id', 'line_id', 'organization_id', 'person_id', 'phone']
/** The subscribers themselves: their ids are the keys of all the rest. */
const SUBSCRIBERS = ['accounts.account', 'linked_numbers.line']

interface Table {
  readonly name: string
  readonly comment: string | null
  readonly has_primary: boolean
}

interface Key {
  readonly table_name: string
  readonly index_name: string
  /** Null when the key begins with an expression. */
  readonly first_column: string | null
}

interface ForeignKey {
  readonly name: string
  readonly from_table: string
  readonly to_table: string
  readonly first_columns: string
}

/** What keeps the tables from being spread over machines by subscriber, in sentences. */
export async function findLayoutProblems(database: TestDatabase): Promise<string[]> {
  const schemas = SUBGRAPH_NAMES.map(schemaName)
  const tables = await database.sql<Table>(TABLES, [schemas])
  const declared = new Map(tables.map(({ name, comment }) => [name, comment]))
  const isDeclared = (table: string) => Object.hasOwn(DECLARATIONS, declared.get(table) ?? '')
  const keys = await database.sql<Key>(KEYS, [schemas])
  const foreignKeys = await database.sql<ForeignKey>(FOREIGN_KEYS, [schemas])
  return [
    ...tables.filter(({ has_primary }) => !has_primary).map(({ name }) => `${name} has no primary key`),
    ...keys
      .filter((key) => !isDeclared(key.table_name) && !beginsWithSubscriber(key))
      .map(
        ({ table_name, index_name, first_column }) =>
          `${table_name}: ${index_name} begins with ${first_column ?? 'an expression'}, which is no subscriber's key`,
      ),
    ...foreignKeys
      .filter((key) => !staysTogether(key, declared.get(key.to_table) ?? null))
      .map(({ name, from_table, to_table }) => `${from_table}: ${name} reaches rows of others in ${to_table}`),
  ]
}

function beginsWithSubscriber({ table_name, first_column }: Key): boolean {
  if (SUBSCRIBERS.includes(table_name)) return first_column === 'id'
  return first_column !== null && SUBSCRIBER_KEYS.includes(first_column)
}

/** A foreign key is for rows of one subscriber, or for rows that every machine has. */
function staysTogether({ first_columns }: ForeignKey, toComment: string | null): boolean {
  const [from, to] = first_columns.split(' ')
  return toComment === 'reference' || (from === to && SUBSCRIBER_KEYS.includes(from ?? ''))
}

const TABLES = `
  select schema.nspname || '.' || class.relname as name, obj_description(class.oid, 'pg_class') as comment,
    exists (select from pg_index where indrelid = class.oid and indisprimary) as has_primary
  from pg_class as class join pg_namespace as schema on schema.oid = class.relnamespace
  where schema.nspname = any($1::text[]) and class.relkind in ('r', 'p') and class.relname not like 'kysely_migration%'
  order by 1
`
const KEYS = `
  select schema.nspname || '.' || class.relname as table_name, index_class.relname as index_name,
    attribute.attname as first_column
  from pg_index as key
  join pg_class as class on class.oid = key.indrelid
  join pg_namespace as schema on schema.oid = class.relnamespace
  join pg_class as index_class on index_class.oid = key.indexrelid
  left join pg_attribute as attribute
    on attribute.attrelid = key.indrelid and attribute.attnum = key.indkey[0] and attribute.attnum > 0
  where schema.nspname = any($1::text[]) and key.indisunique and class.relkind in ('r', 'p')
    and class.relname not like 'kysely_migration%'
  order by 1, 2
`
const FOREIGN_KEYS = `
  select constrained.conname as name, constrained.conrelid::regclass::text as from_table,
    referenced_schema.nspname || '.' || referenced.relname as to_table,
    from_column.attname || ' ' || to_column.attname as first_columns
  from pg_constraint as constrained
  join pg_class as referenced on referenced.oid = constrained.confrelid
  join pg_namespace as referenced_schema on referenced_schema.oid = referenced.relnamespace
  join pg_namespace as schema on schema.oid = constrained.connamespace
  join pg_attribute as from_column
    on from_column.attrelid = constrained.conrelid and from_column.attnum = constrained.conkey[1]
  join pg_attribute as to_column
    on to_column.attrelid = constrained.confrelid and to_column.attnum = constrained.confkey[1]
  where schema.nspname = any($1::text[]) and constrained.contype = 'f'
  order by 1, 2
`
