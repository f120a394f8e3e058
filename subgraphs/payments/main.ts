import { connectDatabase } from '../../platform/database/connect.ts'
import { processVariables, readPaymentsEnvironment } from '../../platform/environment.ts'
import { runSubgraph } from '../../platform/subgraph/process.ts'
import { createPayments } from './subgraph.ts'

const environment = readPaymentsEnvironment(processVariables())

await runSubgraph('payments', environment, ({ clock, logger }) =>
  createPayments({
    db: connectDatabase({ url: environment.DATABASE_URL, poolSizeMax: environment.DATABASE_POOL_SIZE, logger }),
    clock,
    currencyCode: environment.CURRENCY,
    logger,
  }),
)
