import { readProductsEnvironment } from '../../platform/environment.ts'
import { startEnvironment } from '../../platform/start-environment.ts'
import { openDatabase } from '../../platform/subgraph/open-database.ts'
import { runSubgraph } from '../../platform/subgraph/process.ts'
import { createProducts } from './subgraph.ts'

const environment = startEnvironment(readProductsEnvironment)

await runSubgraph('products', environment, ({ clock, logger, onPool }) =>
  createProducts({
    ...openDatabase(environment, { logger, onPool }),
    clock,
    currencyCode: environment.CURRENCY,
    logger,
  }),
)
