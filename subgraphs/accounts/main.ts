import { systemClock } from '../../platform/clock.ts'
import { readAccountsEnvironment } from '../../platform/environment.ts'
import { createHttpDelivery } from '../../platform/events/http-delivery.ts'
import { findKeyAmong, publicKeys, signingKey } from '../../platform/identity/keys.ts'
import { createSecrets } from '../../platform/identity/secrets.ts'
import { createJobs } from '../../platform/jobs/jobs.ts'
import { jobsSchema } from '../../platform/jobs/migrate-jobs.ts'
import { systemRandomness } from '../../platform/random.ts'
import { serveDownloads } from '../../platform/serving/downloads.ts'
import { createSimSwapClient } from '../../platform/sim-swap/http-client.ts'
import { unknownSimSwap } from '../../platform/sim-swap/sim-swap.ts'
import { systemSleep } from '../../platform/sleep.ts'
import { createSmppTransport } from '../../platform/sms/smpp-transport.ts'
import { readSmppUrl } from '../../platform/sms/smpp-url.ts'
import { serveSpending } from '../../platform/spending/serve-spending.ts'
import { startEnvironment } from '../../platform/start-environment.ts'
import { createHttpAsk } from '../../platform/subgraph/ask.ts'
import type { SubgraphName } from '../../platform/subgraph/name.ts'
import { openDatabase } from '../../platform/subgraph/open-database.ts'
import { runSubgraph } from '../../platform/subgraph/process.ts'
import { serveEndedSessions } from '../../platform/subgraph/serve-ended-sessions.ts'
import { serveUssd } from '../../platform/ussd/route.ts'
import { createAccounts } from './subgraph.ts'

const environment = startEnvironment(readAccountsEnvironment)
const signer = await signingKey(environment.INTERNAL_KEYS)

await runSubgraph(
  'accounts',
  environment,
  ({ clock, newId, logger, onPool }) => {
    const askOf = (asked: SubgraphName, url: string) =>
      createHttpAsk({ asker: 'accounts', asked, url, signer, clock, newId })
    return createAccounts({
      ...openDatabase(environment, { logger, onPool }),
      jobs: createJobs({ url: environment.DATABASE_URL, schema: jobsSchema('accounts'), logger }),
      clock,
      newId,
      random: systemRandomness,
      sleep: systemSleep,
      logger,
      accessTokenKeys: environment.ACCESS_TOKEN_KEYS,
      secrets: createSecrets(environment.ACCOUNTS_SECRETS),
      simSwap:
        environment.SIM_SWAP_URL === undefined
          ? unknownSimSwap
          : createSimSwapClient({ url: environment.SIM_SWAP_URL, token: environment.SIM_SWAP_TOKEN ?? '' }),
      socialProviders: environment.SOCIAL_PROVIDERS,
      staffProvider: environment.STAFF_PROVIDER ?? null,
      sms: createSmppTransport({
        account: readSmppUrl(environment.SMSC_URL),
        sender: environment.SMS_SENDER,
        partsPerSecond: environment.SMS_PER_SECOND,
        clock,
        random: systemRandomness,
        logger,
      }),
      receivers: {
        payments: createHttpDelivery({
          issuer: 'accounts',
          receiver: 'payments',
          url: environment.PAYMENTS_URL,
          signer,
          clock,
        }),
      },
      ask: {
        'linked-numbers': askOf('linked-numbers', environment.LINKED_NUMBERS_URL),
        products: askOf('products', environment.PRODUCTS_URL),
        payments: askOf('payments', environment.PAYMENTS_URL),
      },
    })
  },
  (http, accounts) => {
    // Those who sign access tokens publish the keys to check them with, and tell which are good no more.
    http.get('/.well-known/jwks.json', async () => publicKeys(environment.ACCESS_TOKEN_KEYS))
    const findKey = findKeyAmong(environment.INTERNAL_JWKS)
    serveEndedSessions(http, { feed: accounts.endedSessions, findKey, clock: systemClock })
    serveSpending(http, { ledger: accounts.spending, findKey, clock: systemClock })
    // The gateways' way to them, and the USSD gateway's: nobody else reaches this process.
    serveDownloads(http, accounts.openDownload)
    const key = environment.USSD_KEY
    if (key !== undefined) serveUssd(http, { ...accounts.ussd, key })
  },
)
