import { systemClock } from '../../../platform/clock.ts'
import { connectDatabase } from '../../../platform/database/connect.ts'
import { createListener } from '../../../platform/database/listener.ts'
import { createReader } from '../../../platform/database/reader.ts'
import type { DomainEvent } from '../../../platform/events/event.ts'
import { createSecrets } from '../../../platform/identity/secrets.ts'
import { UNKNOWN_CLIENT } from '../../../platform/identity/viewer.ts'
import { createNewId } from '../../../platform/ids.ts'
import type { Jobs } from '../../../platform/jobs/jobs.ts'
import { createLogger } from '../../../platform/logger.ts'
import { createOsmp } from '../../../platform/merchants/osmp-client.ts'
import { systemRandomness } from '../../../platform/random.ts'
import type { AskSubgraph } from '../../../platform/subgraph/ask.ts'
import type { Subgraph } from '../../../platform/subgraph/subgraph.ts'
import type { Tables } from '../store/tables.ts'
import { createPayments } from '../subgraph.ts'
import type { KillPoint, PaymentsArguments } from './kill-points.ts'

/** Payments as a process of their own, without a port, to be killed. */
const told = JSON.parse(process.argv[2] ?? '') as PaymentsArguments
const logger = createLogger({ name: 'payments', level: 'warn' })
const connection = { url: told.databaseUrl, logger }
const newId = createNewId(systemClock)
/** In which part of the work this process is now, as far as it kills itself there. */
let isInside: KillPoint | null = null

function come(point: KillPoint): void {
  if (told.killAt === point) process.kill(process.pid, 'SIGKILL')
}

const LINKED_NUMBERS: AskSubgraph = async ({ variables = {} }) => ({
  lineInService: { id: told.lineId, msisdn: null, activatedOn: '2020-01-01' },
  subscriberByPhone: { lineId: told.lineIdsByPhone[String(variables['phone'])] },
})
const ACCOUNTS: AskSubgraph = async () => ({ simHold: null })
const NOBODY: AskSubgraph = () => Promise.reject(new Error('nobody is asked'))
const NO_JOBS: Jobs = { send: async () => undefined, start: () => undefined, stop: async () => undefined }

async function deliver(event: DomainEvent): Promise<void> {
  const [before, inside, after] = event.kind === 'TransferSent' ? CREDIT : SETTLEMENT
  if (before) come(before)
  isInside = inside
  await payments.receive(event)
  isInside = null
  come(after)
}
const CREDIT = ['credit is about to be', 'credit is not committed', 'credit is committed'] as const
const SETTLEMENT = [null, 'settlement is not committed', 'settlement is committed'] as const

const payments: Subgraph = createPayments({
  db: connectDatabase<Tables>(connection),
  reader: createReader(connection),
  listener: createListener(connection),
  clock: systemClock,
  // Whatever is written gets its id in a transaction that is not committed yet.
  newId() {
    if (isInside) come(isInside)
    return newId()
  },
  random: systemRandomness,
  logger,
  currencyCode: 'RUB',
  jobs: NO_JOBS,
  ask: { accounts: ACCOUNTS, 'linked-numbers': LINKED_NUMBERS, products: NOBODY },
  merchants: createOsmp({ endpoints: [] }),
  acquirer: null,
  returnOrigins: [],
  secrets: createSecrets(['development-secret-of-a-test-development-secret']),
  simSwap: { retrieveDate: async () => null, check: async () => false },
  receivers: { accounts: async () => undefined, payments: deliver },
})

const CONFIRM = `mutation ($quoteId: ID!) {
  confirmTransfer(input: { quoteId: $quoteId, idempotencyKey: $quoteId }) { __typename }
}`

for (const quoteId of told.quoteIds) {
  isInside = 'confirm is not committed'
  const { data, errors } = await payments.execute(
    { query: CONFIRM, variables: { quoteId } },
    {
      principal: {
        kind: 'account',
        accountId: told.accountId,
        personId: told.accountId,
        sessionId: told.accountId,
        organizationRole: null,
      },
      language: 'en',
      requestId: quoteId,
      client: UNKNOWN_CLIENT,
    },
  )
  isInside = null
  process.stdout.write(`${errors?.[0]?.message ?? JSON.stringify(data?.['confirmTransfer'])}\n`)
  come('confirm is committed')
}
process.stdout.write('all are sent\n')
process.stdin.on('close', async () => {
  await payments.close()
  process.exit(0)
})
process.stdin.resume()
