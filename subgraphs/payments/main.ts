import { processVariables, readPaymentsEnvironment } from '../../platform/environment.ts'
import { openDatabase } from '../../platform/subgraph/open-database.ts'
import { runSubgraph } from '../../platform/subgraph/process.ts'
import { createPayments } from './subgraph.ts'

const environment = readPaymentsEnvironment(processVariables())

await runSubgraph('payments', environment, ({ clock, logger, onPool }) =>
  createPayments({
    ...openDatabase(environment, { logger, onPool }),
    clock,
    currencyCode: environment.CURRENCY,
    logger,
  }),
)
