import { configuredTrust, createConfiguredAcquirer } from '../../platform/acquirer/configured.ts'
import { serveNotices } from '../../platform/acquirer/notice-route.ts'
import { readPaymentsEnvironment } from '../../platform/environment.ts'
import { createHttpDelivery } from '../../platform/events/http-delivery.ts'
import { signingKey } from '../../platform/identity/keys.ts'
import { createSecrets } from '../../platform/identity/secrets.ts'
import { createJobs } from '../../platform/jobs/jobs.ts'
import { jobsSchema } from '../../platform/jobs/migrate-jobs.ts'
import { createOsmp } from '../../platform/merchants/osmp-client.ts'
import { systemRandomness } from '../../platform/random.ts'
import { createSimSwapClient } from '../../platform/sim-swap/http-client.ts'
import { unknownSimSwap } from '../../platform/sim-swap/sim-swap.ts'
import { startEnvironment } from '../../platform/start-environment.ts'
import { createHttpAsk } from '../../platform/subgraph/ask.ts'
import type { SubgraphName } from '../../platform/subgraph/name.ts'
import { openDatabase } from '../../platform/subgraph/open-database.ts'
import { runSubgraph } from '../../platform/subgraph/process.ts'
import { createPayments } from './subgraph.ts'

const environment = startEnvironment(readPaymentsEnvironment)

const signer = await signingKey(environment.INTERNAL_KEYS)

await runSubgraph(
  'payments',
  environment,
  ({ clock, newId, logger, onPool }) => {
    const askOf = (asked: SubgraphName, url: string) =>
      createHttpAsk({ asker: 'payments', asked, url, signer, clock, newId })
    const deliverTo = (receiver: SubgraphName, url: string) =>
      createHttpDelivery({ issuer: 'payments', receiver, url, signer, clock })
    return createPayments({
      ...openDatabase(environment, { logger, onPool }),
      jobs: createJobs({ url: environment.DATABASE_URL, schema: jobsSchema('payments'), logger }),
      clock,
      newId,
      random: systemRandomness,
      currencyCode: environment.CURRENCY,
      simSwap:
        environment.SIM_SWAP_URL === undefined
          ? unknownSimSwap
          : createSimSwapClient({ url: environment.SIM_SWAP_URL, token: environment.SIM_SWAP_TOKEN ?? '' }),
      ask: {
        accounts: askOf('accounts', environment.ACCOUNTS_URL),
        'linked-numbers': askOf('linked-numbers', environment.LINKED_NUMBERS_URL),
        products: askOf('products', environment.PRODUCTS_URL),
      },
      receivers: {
        accounts: deliverTo('accounts', environment.ACCOUNTS_URL),
        payments: deliverTo('payments', environment.PAYMENTS_URL),
      },
      merchants: createOsmp({ endpoints: environment.MERCHANTS }),
      acquirer: createConfiguredAcquirer(environment, logger),
      returnOrigins: environment.RETURN_ORIGINS,
      secrets: createSecrets(environment.PAYMENTS_SECRETS),
      logger,
    })
  },
  // The gateways pass them on.
  (http, payments) => serveNotices(http, { ...configuredTrust(environment), take: payments.takeNotice }),
)
