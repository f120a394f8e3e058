import { connectDatabase } from '../../platform/database/connect.ts'
import { processVariables, readProductsEnvironment } from '../../platform/environment.ts'
import { runSubgraph } from '../../platform/subgraph/process.ts'
import { createProducts } from './subgraph.ts'

const environment = readProductsEnvironment(processVariables())

await runSubgraph('products', environment, ({ clock, logger }) =>
  createProducts({
    db: connectDatabase({ url: environment.DATABASE_URL, poolSizeMax: environment.DATABASE_POOL_SIZE, logger }),
    clock,
    currencyCode: environment.CURRENCY,
    logger,
  }),
)
