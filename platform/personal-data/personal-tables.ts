import { type Kysely, type RawBuilder, sql } from 'kysely'
import { invariant } from '../invariant.ts'
import { decodeCursor, encodeCursor } from '../pagination.ts'

/** A table that holds something about people, and how the rows about one of them are found. */
export interface PersonalTable {
  readonly table: string
  /** Whose rows, as a condition over `t`. */
  readonly belongsTo: (subjectId: string) => RawBuilder<unknown>
  /** The columns that tell the subject's rows apart, in the order of an index after the subject. */
  readonly key: readonly string[]
  /** Columns that are nothing about the person: secrets, and marks of our own machines. */
  readonly withheld?: readonly string[]
}

/** The usual condition: a column holds the subject's id. */
export function ownedBy(column: string): PersonalTable['belongsTo'] {
  return (subjectId) => sql`t.${sql.ref(column)} = ${subjectId}`
}

/** Some of what is kept of a subject. */
export interface PersonalPage {
  /** JSON texts, each `{"table": …, "row": {…}}`. */
  readonly records: readonly string[]
  /** Where the next page begins; null when this was the last. */
  readonly next: string | null
}

const PAGE_SIZE = 200

interface Position {
  readonly table: string
  readonly key: readonly string[] | null
}

/** Gives a page of all that the tables hold of a subject, table by table in their order. Bounded, whatever there is. */
export async function readPersonalPage<Tables>(
  db: Kysely<Tables>,
  tables: readonly PersonalTable[],
  subjectId: string,
  after: string | null,
): Promise<PersonalPage> {
  const records: string[] = []
  let position = after === null ? null : readPosition(after)
  const first = position === null ? 0 : tables.findIndex(({ table }) => table === position?.table)
  invariant(first >= 0, '`after` is the `next` of a page that was given before')
  for (const personal of tables.slice(first)) {
    const rows = await readRows(db, personal, {
      subjectId,
      after: position?.key ?? null,
      limit: PAGE_SIZE - records.length,
    })
    records.push(...rows.map(({ record }) => record))
    const last = rows.at(-1)
    if (last && records.length === PAGE_SIZE) {
      return { records, next: encodeCursor(JSON.stringify({ table: personal.table, key: last.key })) }
    }
    position = null
  }
  return { records, next: null }
}

/** Only our own accounts hold cursors: one that cannot be read is a mistake of ours. */
function readPosition(after: string): Position {
  return JSON.parse(decodeCursor(after)) as Position
}

interface RowsWanted {
  readonly subjectId: string
  readonly after: readonly string[] | null
  readonly limit: number
}

async function readRows<Tables>(
  db: Kysely<Tables>,
  { table, belongsTo, key, withheld = [] }: PersonalTable,
  { subjectId, after, limit }: RowsWanted,
): Promise<{ record: string; key: string[] }[]> {
  const columns = sql.join(key.map((column) => sql`t.${sql.ref(column)}`))
  const texts = sql.join(key.map((column) => sql`t.${sql.ref(column)}::text`))
  const isLater = after === null ? sql`true` : sql`(${columns}) > (${sql.join(after)})`
  const { rows } = await sql<{ record: string; key: string[] }>`
    select jsonb_build_object('table', ${table}::text, 'row', to_jsonb(t) - ${withheld}::text[])::text as record,
      array[${texts}] as key
    from ${sql.ref(table)} as t
    where ${belongsTo(subjectId)} and ${isLater}
    order by ${columns}
    limit ${limit}
  `.execute(db)
  return rows
}
