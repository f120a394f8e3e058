import { readLinkedNumbersEnvironment } from '../../platform/environment.ts'
import { createHttpDelivery } from '../../platform/events/http-delivery.ts'
import { signingKey } from '../../platform/identity/keys.ts'
import { startEnvironment } from '../../platform/start-environment.ts'
import { openDatabase } from '../../platform/subgraph/open-database.ts'
import { runSubgraph } from '../../platform/subgraph/process.ts'
import { createLinkedNumbers } from './subgraph.ts'

const environment = startEnvironment(readLinkedNumbersEnvironment)
const signer = await signingKey(environment.INTERNAL_KEYS)

await runSubgraph('linked-numbers', environment, ({ clock, newId, logger, onPool }) => {
  const deliverTo = (receiver: 'accounts' | 'products' | 'payments', url: string) =>
    createHttpDelivery({ issuer: 'linked-numbers', receiver, url, signer, clock })
  return createLinkedNumbers({
    ...openDatabase(environment, { logger, onPool }),
    clock,
    newId,
    logger,
    receivers: {
      accounts: deliverTo('accounts', environment.ACCOUNTS_URL),
      products: deliverTo('products', environment.PRODUCTS_URL),
      payments: deliverTo('payments', environment.PAYMENTS_URL),
    },
  })
})
