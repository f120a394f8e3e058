import { SUBGRAPH_NAMES, type SubgraphName } from '../../../platform/subgraph/name.ts'
import type { World } from '../world/world.ts'
import type { RunningSubgraphs } from './case.ts'
import { freePort, startServer } from './process.ts'

/** Starts the four subgraphs as a deployment does: their own entry points, told everything by variables. */
export async function startSubgraphs(
  world: World,
  databaseOwner: string,
  nodeOptions: readonly string[] = [],
): Promise<RunningSubgraphs> {
  const ports = await Promise.all(SUBGRAPH_NAMES.map(async (name) => [name, await freePort()] as const))
  const origins = Object.fromEntries(ports.map(([name, port]) => [name, `http://127.0.0.1:${port}`])) as Origins
  const databaseUrls = world.subgraphDatabaseUrls(databaseOwner)
  const started = await Promise.allSettled(
    ports.map(([name, port]) =>
      startServer({
        file: `subgraphs/${name}/main.ts`,
        port,
        nodeOptions,
        variables: { ...subgraphVariables(name, world, origins), DATABASE_URL: databaseUrls[name], PORT: String(port) },
      }),
    ),
  )
  const processes = started.flatMap((start) => (start.status === 'fulfilled' ? [start.value] : []))
  const failure = started.find((start) => start.status === 'rejected')
  if (failure) {
    // Those that did start would outlive the bench.
    await Promise.all(processes.map((process) => process.stop()))
    throw failure.reason
  }
  const urls = Object.fromEntries(SUBGRAPH_NAMES.map((name) => [name, `${origins[name]}/graphql`]))
  return { processes, urls, databaseOwner }
}

/** Nothing that is measured needs it: any will do. */
const BENCH_SECRET = 'a-secret-of-a-benchmark-which-nobody-needs-to-know'

/** Where each subgraph answers. */
export type Origins = Readonly<Record<SubgraphName, string>>

/** What a subgraph is told when it is started. */
export function subgraphVariables(
  name: SubgraphName,
  { keys }: Pick<World, 'keys'>,
  origins: Origins,
): Record<string, string> {
  const common = {
    INTERNAL_JWKS: JSON.stringify(keys.internalJwks),
    INTERNAL_KEYS: JSON.stringify(keys.subgraphKeys[name]),
    ACCOUNTS_URL: origins.accounts,
    LINKED_NUMBERS_URL: origins['linked-numbers'],
    PRODUCTS_URL: origins.products,
    PAYMENTS_URL: origins.payments,
  }
  switch (name) {
    case 'accounts':
      return {
        ...common,
        ACCESS_TOKEN_KEYS: JSON.stringify(keys.accessTokenKeys),
        ACCOUNTS_SECRETS: BENCH_SECRET,
        // Nobody listens there: the bench sends no messages.
        SMSC_URL: 'smpp://bench:bench@127.0.0.1:9',
        SMS_SENDER: 'Bench',
      }
    case 'products':
      return { ...common, CURRENCY: 'RUB' }
    case 'payments':
      return { ...common, CURRENCY: 'RUB', PAYMENTS_SECRETS: BENCH_SECRET }
    case 'linked-numbers':
      return common
  }
}
