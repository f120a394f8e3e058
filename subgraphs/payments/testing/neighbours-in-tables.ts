import type { TestDatabase } from '../../../cli/testing/test-database.ts'
import type { ActionDependencies } from '../actions/actions.ts'

interface Asked {
  readonly lineId?: string
  readonly lineIds?: readonly string[]
  readonly phone?: string
}

/** What other subgraphs tell payments, read from their tables by the rules by which they read them. */
export function createNeighboursInTables(database: TestDatabase): ActionDependencies['ask'] {
  return {
    // Nobody in this town has lost a SIM.
    accounts: async () => ({ simHold: null }),
    'linked-numbers': async ({ variables }) => {
      const { lineId, lineIds, phone } = variables as Asked
      return {
        ...(lineId !== undefined && { lineInService: await findLineInService(database, lineId) }),
        ...(lineIds && { linesInService: await findLinesInService(database, lineIds) }),
        ...(phone !== undefined && { subscriberByPhone: await findSubscriber(database, phone) }),
      }
    },
    products: () => Promise.reject(new Error('nothing here asks products')),
  }
}

async function findLineInService(database: TestDatabase, lineId: string): Promise<object | null> {
  const [line = null] = await findLinesInService(database, [lineId])
  return line
}

function findLinesInService(database: TestDatabase, lineIds: readonly string[]): Promise<object[]> {
  return database.sql(
    `select line.id, directory.msisdn, line.activated_on::text as "activatedOn", line.status = 'BLOCKED' as "isBlocked"
     from linked_numbers.line
     left join linked_numbers.directory on directory.msisdn = line.msisdn and directory.line_id = line.id
     where line.id = any($1::uuid[]) and line.status <> 'CLOSED'`,
    [lineIds],
  )
}

async function findSubscriber(database: TestDatabase, phone: string): Promise<object | null> {
  const [subscriber = null] = await database.sql(
    `select line.id as "lineId" from linked_numbers.directory
     join linked_numbers.line on line.id = directory.line_id
     where directory.msisdn = $1 and line.status <> 'CLOSED'`,
    [phone],
  )
  return subscriber
}
