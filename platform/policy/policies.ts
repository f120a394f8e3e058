import { sql } from 'kysely'
import type { z } from 'zod'
import type { Clock } from '../clock.ts'
import { prepareStatement } from '../database/prepared-statement.ts'
import type { Reader } from '../database/reader.ts'

/** The numbers that the business sets, as they are now. */
export interface Policies<Values> {
  current(): Promise<Values>
}

/** Values, and which version each is of: whoever takes money by a value writes down the version that was read with it. */
export type Versioned<Values> = Values & { readonly versions: { readonly [Name in keyof Values]: number } }

export interface PoliciesOptions<Schema extends z.ZodType> {
  readonly reader: Reader
  readonly clock: Clock
  /** What each policy of the subgraph is: its name, unit and bounds. The table has a row for each. */
  readonly schema: Schema
}

/** How long what was read is used again: a change reaches every process within this. */
const FRESH_MS = 1_000

interface PolicyRow {
  readonly name: string
  readonly version: number
  readonly value: unknown
}

const POLICIES = prepareStatement<{ readonly now: Date }, PolicyRow>(
  'policies',
  ({ now }) => sql`
    select distinct on (name) name, version, value from policy where valid_from <= ${now} order by name, version desc
  `,
)

/** Reads a subgraph's table `policy`: of each name the newest version that has begun. Rejects when a value is out of bounds. */
export function createPolicies<Schema extends z.ZodType>({
  reader,
  clock,
  schema,
}: PoliciesOptions<Schema>): Policies<Versioned<z.output<Schema>>> {
  let known: Promise<Versioned<z.output<Schema>>> | null = null
  let readAt = Number.NEGATIVE_INFINITY

  async function read(now: Date): Promise<Versioned<z.output<Schema>>> {
    const rows = await reader.read(POLICIES, { now })
    const values = schema.parse(Object.fromEntries(rows.map(({ name, value }) => [name, value])))
    const versions = Object.fromEntries(rows.map(({ name, version }) => [name, version]))
    return { ...(values as object), versions } as Versioned<z.output<Schema>>
  }

  return {
    current() {
      const now = clock.now()
      const age = now.getTime() - readAt
      if (known && age >= 0 && age < FRESH_MS) return known
      readAt = now.getTime()
      known = read(now)
      known.catch(() => {
        known = null
      })
      return known
    },
  }
}
