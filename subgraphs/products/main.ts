import { processVariables, readProductsEnvironment } from '../../platform/environment.ts'
import { openDatabase } from '../../platform/subgraph/open-database.ts'
import { runSubgraph } from '../../platform/subgraph/process.ts'
import { createProducts } from './subgraph.ts'

const environment = readProductsEnvironment(processVariables())

await runSubgraph('products', environment, ({ clock, logger, onPool }) =>
  createProducts({
    ...openDatabase(environment, { logger, onPool }),
    clock,
    currencyCode: environment.CURRENCY,
    logger,
  }),
)
