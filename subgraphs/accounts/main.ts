import { connectDatabase } from '../../platform/database/connect.ts'
import { processVariables, readAccountsEnvironment } from '../../platform/environment.ts'
import { publicKeys } from '../../platform/identity/keys.ts'
import { runSubgraph } from '../../platform/subgraph/process.ts'
import { createAccounts } from './subgraph.ts'

const environment = readAccountsEnvironment(processVariables())

await runSubgraph(
  'accounts',
  environment,
  ({ logger }) =>
    createAccounts({
      db: connectDatabase({ url: environment.DATABASE_URL, poolSizeMax: environment.DATABASE_POOL_SIZE, logger }),
      logger,
    }),
  // Those who sign access tokens publish the keys to check them with.
  (http) => http.get('/.well-known/jwks.json', async () => publicKeys(environment.ACCESS_TOKEN_KEYS)),
)
