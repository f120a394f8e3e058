import { createOneProcess } from '../../../../cli/one-process.ts'
import { MANIFESTS_PATH, SUPERGRAPH_PATH } from '../../../../cli/project.ts'
import { systemClock } from '../../../../platform/clock.ts'
import { createSecrets } from '../../../../platform/identity/secrets.ts'
import { createNewId } from '../../../../platform/ids.ts'
import { createLogger } from '../../../../platform/logger.ts'
import { readServerOptions } from '../server-options.ts'

// The product as `npm start` runs it, gateway and subgraphs in one process; only registered operations, as in production.
const options = readServerOptions()
const cabinet = await createOneProcess({
  databaseUrls: options.subgraphDatabaseUrls,
  clock: systemClock,
  newId: createNewId(systemClock),
  logger: createLogger({ name: 'cabinet', level: 'warn' }),
  currencyCode: 'RUB',
  accessTokenKeys: options.accessTokenKeys,
  accountsSecrets: createSecrets(['development-secret-of-a-benchmark-development-secret']),
  isDevelopment: false,
  operations: { manifests: MANIFESTS_PATH, isOpen: false, adHocRoles: [] },
  supergraphPath: SUPERGRAPH_PATH,
})
await cabinet.gateway.http.listen({ host: '127.0.0.1', port: options.port })
