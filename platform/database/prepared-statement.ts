import {
  CompiledQuery,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
  type RawBuilder,
  sql,
} from 'kysely'
import { invariant } from '../invariant.ts'

/** A statement whose text was built once: it runs again and again with other values. */
export interface PreparedStatement<Values extends object, Row extends object> {
  /** Under this name a connection keeps the statement parsed and planned. */
  readonly name: string
  readonly text: string
  parameters(values: Values): unknown[]
  /** Not there: it carries the type of the rows. */
  readonly row?: Row
}

/** Stands for a value while the text is built. */
class Placeholder {
  readonly key: string

  constructor(key: string) {
    this.key = key
  }
}

/** The values of a statement, each to be put into its SQL once or more. */
export type Placeholders<Values extends object> = { readonly [Key in keyof Values]: RawBuilder<Values[Key]> }

/** Builds the text of a statement; the values come at each run. The name is the statement's own in its process. */
export function prepareStatement<Values extends object, Row extends object>(
  name: string,
  build: (values: Placeholders<Values>) => RawBuilder<Row>,
): PreparedStatement<Values, Row> {
  const { sql: text, parameters } = build(placeholders<Values>()).compile(COMPILER)
  const keys = parameters.map((parameter) => {
    invariant(parameter instanceof Placeholder, `the values of ${name} come at each run`)
    return parameter.key as keyof Values
  })
  namesByText.set(text, name)
  return { name, text, parameters: (values) => keys.map((key) => values[key]) }
}

const namesByText = new Map<string, string>()

/** The name of a statement that was prepared, by its text. */
export function preparedName(text: string): string | undefined {
  return namesByText.get(text)
}

/** A transaction, whatever its tables. */
interface StatementRunner {
  executeQuery<Row>(query: CompiledQuery<Row>): Promise<QueryResult<Row>>
}

/** Runs a prepared statement in a transaction: the connection has parsed and planned it before. */
export async function runPrepared<Values extends object, Row extends object>(
  trx: StatementRunner,
  statement: PreparedStatement<Values, Row>,
  values: Values,
): Promise<Row[]> {
  const { rows } = await trx.executeQuery<Row>(CompiledQuery.raw(statement.text, statement.parameters(values)))
  return rows
}

function placeholders<Values extends object>(): Placeholders<Values> {
  return new Proxy({} as Placeholders<Values>, { get: (_, key) => sql`${new Placeholder(String(key))}` })
}

/** Compiles queries for PostgreSQL and is connected to nothing. */
const COMPILER = new Kysely<never>({
  dialect: {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  },
})
