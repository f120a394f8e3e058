import type { AddressInfo } from 'node:net'
import type { JSONWebKeySet } from 'jose'
import { createOneProcess } from '../../cli/one-process.ts'
import { MANIFESTS_PATH, SUPERGRAPH_PATH } from '../../cli/project.ts'
import { systemClock } from '../../platform/clock.ts'
import { createSecrets } from '../../platform/identity/secrets.ts'
import { createNewId } from '../../platform/ids.ts'
import { createLogger } from '../../platform/logger.ts'
import type { SubgraphName } from '../../platform/subgraph/name.ts'

export interface TransferServerOptions {
  readonly databaseUrls: Readonly<Record<SubgraphName, string>>
  readonly accessTokenKeys: JSONWebKeySet
}

// The product in one process, registered operations only; the network outside answers at once that no SIM was changed.
const { databaseUrls, accessTokenKeys } = JSON.parse(process.argv[2] ?? '') as TransferServerOptions
const cabinet = await createOneProcess({
  databaseUrls,
  accessTokenKeys,
  clock: systemClock,
  newId: createNewId(systemClock),
  logger: createLogger({ name: 'cabinet', level: 'warn' }),
  currencyCode: 'RUB',
  accountsSecrets: createSecrets(['development-secret-of-a-benchmark-development-secret']),
  simSwap: { check: async () => false, retrieveDate: async () => null },
  isDevelopment: false,
  operations: { manifests: MANIFESTS_PATH, isOpen: false, adHocRoles: [] },
  supergraphPath: SUPERGRAPH_PATH,
})
await cabinet.gateway.http.listen({ host: '127.0.0.1', port: 0 })
process.send?.((cabinet.gateway.http.server.address() as AddressInfo).port)
process.once('SIGTERM', () => process.exit())
