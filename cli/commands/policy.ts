import { Argument, Command } from 'commander'
import type { Kysely } from 'kysely'
import { systemClock } from '../../platform/clock.ts'
import { connectDatabase } from '../../platform/database/connect.ts'
import { EnvironmentError, processVariables, readCliEnvironment } from '../../platform/environment.ts'
import { unreachable } from '../../platform/invariant.ts'
import { silentLogger } from '../../platform/logger.ts'
import { openDatabase } from '../database.ts'
import { listPolicies, type NewPolicy, POLICY_SUBGRAPHS, type PolicySubgraph, setPolicy } from '../policy.ts'
import { processTerminal } from '../terminal.ts'

export function policyCommand(): Command {
  return new Command('policy')
    .description('show and set the numbers that the business decides on')
    .addCommand(listCommand())
    .addCommand(setCommand())
}

const subgraphArgument = (usage: string) => new Argument(usage, 'whose policies').choices(POLICY_SUBGRAPHS)

function listCommand(): Command {
  return new Command('list')
    .description('show policies with their bounds and the version that counts')
    .addArgument(subgraphArgument('[subgraph]'))
    .action((subgraph: PolicySubgraph | undefined) =>
      withOwner(async (db) => {
        for (const name of subgraph ? [subgraph] : POLICY_SUBGRAPHS) {
          processTerminal.result([`${name}:`, ...(await listPolicies(db, name, systemClock.now()))].join('\n'))
        }
      }),
    )
}

function setCommand(): Command {
  return new Command('set')
    .description('write the next version of a policy')
    .addArgument(subgraphArgument('<subgraph>'))
    .argument('<name>', 'of the policy')
    .argument('<value>', 'within its bounds, as JSON')
    .option('--from <moment>', 'when it begins to count, such as 2027-01-01T00:00:00Z; now when left out')
    .action((subgraph: PolicySubgraph, name: string, value: string, { from }: { readonly from?: string }) =>
      withOwner(async (db) => {
        const now = systemClock.now()
        const begins = from === undefined ? now : new Date(from)
        if (Number.isNaN(begins.getTime()))
          throw new EnvironmentError(`${from} is no moment like 2027-01-01T00:00:00Z.`)
        processTerminal.result(await describeSetting(db, { subgraph, name, value, from: begins }, now))
      }),
    )
}

/** What was done, in a sentence. Throws when nothing was. */
async function describeSetting(db: Kysely<unknown>, policy: NewPolicy, now: Date): Promise<string> {
  const { subgraph, name, value, from } = policy
  const outcome = await setPolicy(db, policy, now)
  switch (outcome.kind) {
    case 'set':
      return `${name} is ${value} from ${from.toISOString()} on: version ${outcome.version}.`
    case 'unknownPolicy':
      throw new EnvironmentError(`${subgraph} has no policy "${name}". See: npm run cabinet -- policy list`)
    case 'outOfBounds':
      throw new EnvironmentError(`${name} cannot be ${value}: ${outcome.problems.join('; ')}`)
    case 'inThePast':
      throw new EnvironmentError('A policy does not reach into the past: give a moment that is still to come.')
    default:
      return unreachable(outcome)
  }
}

/** The tables' owner: the processes themselves may only read policies. */
async function withOwner(work: (db: Kysely<unknown>) => Promise<void>): Promise<void> {
  const variables = processVariables()
  const environment = readCliEnvironment(variables)
  const database = await openDatabase({ environment, variables, onProgress: processTerminal.progress })
  const db = connectDatabase<unknown>({ url: database.adminUrl, poolSizeMax: 1, logger: silentLogger })
  try {
    await work(db)
  } finally {
    await db.destroy()
    await database.stop()
  }
}
