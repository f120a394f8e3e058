import { randomBytes } from 'node:crypto'
import { systemClock } from '../../../platform/clock.ts'
import { addToInbox, trimInbox } from './inbox.ts'
import { serveInboxPage } from './inbox-page.ts'
import { startSmsc } from './smsc.ts'
import type { SmscArguments, SmscPorts } from './smsc-process.ts'

/** The stand-in as a process of its own. It ends when whoever started it does, in whatever way: then its input ends. */
const { port, systemId, password, inbox, messagesKept, answerDelayMs, receiptDelayMs } = JSON.parse(
  process.argv[2] ?? '',
) as SmscArguments
process.stdin.on('close', () => process.exit(0)).resume()
// Ctrl-C reaches the whole group: the last messages still leave, and then our input ends.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => undefined)

trimInbox(inbox, messagesKept)
const smsc = await startSmsc({
  port,
  systemId,
  password,
  clock: systemClock,
  idPrefix: randomBytes(4).toString('hex'),
  answerDelayMs,
  receiptDelayMs,
  onMessage: (message) => addToInbox(inbox, message),
})
const ports: SmscPorts = { smpp: smsc.port, page: await serveInboxPage(inbox) }
process.stdout.write(`${JSON.stringify(ports)}\n`)
