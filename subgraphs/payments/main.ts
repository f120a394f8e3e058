import { readPaymentsEnvironment } from '../../platform/environment.ts'
import { startEnvironment } from '../../platform/start-environment.ts'
import { openDatabase } from '../../platform/subgraph/open-database.ts'
import { runSubgraph } from '../../platform/subgraph/process.ts'
import { createPayments } from './subgraph.ts'

const environment = startEnvironment(readPaymentsEnvironment)

await runSubgraph('payments', environment, ({ clock, logger }) =>
  createPayments({
    ...openDatabase(environment, logger),
    clock,
    currencyCode: environment.CURRENCY,
    logger,
  }),
)
