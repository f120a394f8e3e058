import { processVariables, readAccountsEnvironment } from '../../platform/environment.ts'
import { publicKeys, signingKey } from '../../platform/identity/keys.ts'
import { createSecrets } from '../../platform/identity/secrets.ts'
import { systemRandomness } from '../../platform/random.ts'
import { createSmppTransport } from '../../platform/sms/smpp-transport.ts'
import { readSmppUrl } from '../../platform/sms/smpp-url.ts'
import { createHttpAsk } from '../../platform/subgraph/ask.ts'
import type { SubgraphName } from '../../platform/subgraph/name.ts'
import { openDatabase } from '../../platform/subgraph/open-database.ts'
import { runSubgraph } from '../../platform/subgraph/process.ts'
import { createAccounts } from './subgraph.ts'

const environment = readAccountsEnvironment(processVariables())
const signer = await signingKey(environment.INTERNAL_KEYS)

await runSubgraph(
  'accounts',
  environment,
  ({ clock, newId, logger }) => {
    const askOf = (asked: SubgraphName, url: string) =>
      createHttpAsk({ asker: 'accounts', asked, url, signer, clock, newId })
    return createAccounts({
      ...openDatabase(environment, logger),
      clock,
      newId,
      random: systemRandomness,
      logger,
      accessTokenKeys: environment.ACCESS_TOKEN_KEYS,
      secrets: createSecrets(environment.ACCOUNTS_SECRETS),
      sms: createSmppTransport({
        account: readSmppUrl(environment.SMSC_URL),
        sender: environment.SMS_SENDER,
        partsPerSecond: environment.SMS_PER_SECOND,
        clock,
        random: systemRandomness,
        logger,
      }),
      ask: {
        'linked-numbers': askOf('linked-numbers', environment.LINKED_NUMBERS_URL),
        products: askOf('products', environment.PRODUCTS_URL),
        payments: askOf('payments', environment.PAYMENTS_URL),
      },
    })
  },
  // Those who sign access tokens publish the keys to check them with.
  (http) => http.get('/.well-known/jwks.json', async () => publicKeys(environment.ACCESS_TOKEN_KEYS)),
)
