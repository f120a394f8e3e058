import { processVariables, readAccountsEnvironment } from '../../platform/environment.ts'
import { publicKeys } from '../../platform/identity/keys.ts'
import { openDatabase } from '../../platform/subgraph/open-database.ts'
import { runSubgraph } from '../../platform/subgraph/process.ts'
import { createAccounts } from './subgraph.ts'

const environment = readAccountsEnvironment(processVariables())

await runSubgraph(
  'accounts',
  environment,
  ({ logger }) =>
    createAccounts({
      ...openDatabase(environment, logger),
      logger,
    }),
  // Those who sign access tokens publish the keys to check them with.
  (http) => http.get('/.well-known/jwks.json', async () => publicKeys(environment.ACCESS_TOKEN_KEYS)),
)
