import { systemClock } from '../../../../platform/clock.ts'
import { connectDatabase } from '../../../../platform/database/connect.ts'
import { createNewId } from '../../../../platform/ids.ts'
import { createLogger } from '../../../../platform/logger.ts'
import { systemRandomness } from '../../../../platform/random.ts'
import { createSmppTransport } from '../../../../platform/sms/smpp-transport.ts'
import { readSmppUrl } from '../../../../platform/sms/smpp-url.ts'
import { createMessageQueue } from '../../store/message-queue.ts'
import type { Tables } from '../../store/tables.ts'
import { createSender } from '../sender.ts'
import { type Plant, plantIntoQueue, plantIntoTransport } from './plants.ts'
import { SENDER_SECRETS } from './queue-messages.ts'

/** What the process is told: its first argument, as JSON. */
export interface SenderArguments {
  readonly databaseUrl: string
  readonly smscUrl: string
  readonly leaseMs: number
  readonly plant: Plant | null
}

/** A sender as a process of its own, to be killed. */
const { databaseUrl, smscUrl, leaseMs, plant } = JSON.parse(process.argv[2] ?? '') as SenderArguments
const logger = createLogger({ name: 'sender', level: 'debug' })
const transport = createSmppTransport({
  account: readSmppUrl(smscUrl),
  sender: 'Cabinet',
  partsPerSecond: 10_000,
  clock: systemClock,
  random: systemRandomness,
  logger,
  times: { pauseMinMs: 20, pauseMaxMs: 200 },
})
const sender = createSender({
  queue: plantIntoQueue(createMessageQueue(connectDatabase<Tables>({ url: databaseUrl, logger })), plant),
  transport: plantIntoTransport(transport, plant),
  clock: systemClock,
  newId: createNewId(systemClock),
  secrets: SENDER_SECRETS,
  logger,
  leaseMs,
  pollIntervalMs: 100,
})
logger.info('sending')
process.stdin.on('close', async () => {
  await sender.stop()
  process.exit(0)
})
process.stdin.resume()
