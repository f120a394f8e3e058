import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
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
  return { name, text, parameters: (values) => keys.map((key) => values[key]) }
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
