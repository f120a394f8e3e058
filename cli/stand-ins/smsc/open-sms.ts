import { mkdirSync } from 'node:fs'
import { systemClock } from '../../../platform/clock.ts'
import { type CliEnvironment, EnvironmentError } from '../../../platform/environment.ts'
import { DEVELOPMENT_SYSTEM_ID } from '../../../platform/environment-demo-secrets.ts'
import type { Logger } from '../../../platform/logger.ts'
import { systemRandomness } from '../../../platform/random.ts'
import { createSmppTransport } from '../../../platform/sms/smpp-transport.ts'
import { readSmppUrl } from '../../../platform/sms/smpp-url.ts'
import type { SmsTransport } from '../../../platform/sms/transport.ts'
import { stateDirectory } from '../../project.ts'
import { inboxFile } from './inbox.ts'
import { startSmscProcess } from './smsc-process.ts'

/** How text messages leave a cabinet in one process. */
export interface Sms {
  readonly transport: SmsTransport
  /** Where messages are shown that go to nobody; null when they go to a real message centre. */
  readonly inboxUrl: string | null
  close(): Promise<void>
}

/** To the message centre of `SMSC_URL`, or, in development, to a stand-in in a process of its own. */
export async function openSms(environment: CliEnvironment, logger: Logger): Promise<Sms> {
  const { NODE_ENV, SMSC_URL, SMS_SENDER, SMS_PER_SECOND } = environment
  const connectTo = (url: string) =>
    createSmppTransport({
      account: readSmppUrl(url),
      sender: SMS_SENDER,
      partsPerSecond: SMS_PER_SECOND,
      clock: systemClock,
      random: systemRandomness,
      logger,
    })
  if (SMSC_URL) return { transport: connectTo(SMSC_URL), inboxUrl: null, close: async () => undefined }
  if (NODE_ENV === 'production') {
    throw new EnvironmentError('Set SMSC_URL: production sends text messages through a real message centre.')
  }
  const directory = stateDirectory(environment)
  mkdirSync(directory, { recursive: true })
  const password = systemRandomness.bytes(PASSWORD_BYTES).toString('hex')
  const smsc = await startSmscProcess({
    port: 0,
    systemId: DEVELOPMENT_SYSTEM_ID,
    password,
    inbox: inboxFile(directory),
    messagesKept: MESSAGES_KEPT,
    answerDelayMs: 0,
    receiptDelayMs: RECEIPT_DELAY_MS,
  })
  return {
    transport: connectTo(`smpp://${DEVELOPMENT_SYSTEM_ID}:${password}@127.0.0.1:${smsc.smpp}`),
    inboxUrl: `http://127.0.0.1:${smsc.page}/inbox`,
    close: smsc.stop,
  }
}

/** As hexadecimal, all that SMPP has room for. */
const PASSWORD_BYTES = 4
const MESSAGES_KEPT = 500
const RECEIPT_DELAY_MS = 300
