/** A process for tests to kill: the four subgraphs with their jobs, over the database that its argument names. */
import type { JSONWebKeySet } from 'jose'
import { createSubgraphs } from '../../../cli/one-process.ts'
import { systemClock } from '../../../platform/clock.ts'
import { createSecrets } from '../../../platform/identity/secrets.ts'
import { createNewId } from '../../../platform/ids.ts'
import { silentLogger } from '../../../platform/logger.ts'
import type { SubgraphName } from '../../../platform/subgraph/name.ts'

interface Asked {
  readonly urls: Readonly<Record<SubgraphName, string>>
  readonly keys: JSONWebKeySet
  readonly secret: string
}

const { urls, keys, secret }: Asked = JSON.parse(process.argv[2] ?? '')
await createSubgraphs({
  databaseUrls: urls,
  clock: systemClock,
  newId: createNewId(systemClock),
  logger: silentLogger,
  currencyCode: 'RUB',
  accessTokenKeys: keys,
  accountsSecrets: createSecrets([secret]),
  jobTiming: { pollSeconds: 0.5, superviseSeconds: 1 },
})
