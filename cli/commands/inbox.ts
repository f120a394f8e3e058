import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { EnvironmentError, processVariables, readCliEnvironment } from '../../platform/environment.ts'
import { type E164, parsePhone } from '../../platform/phone.ts'
import { stateDirectory } from '../project.ts'
import { type InboxMessage, inboxFile, readInbox } from '../stand-ins/smsc/inbox.ts'
import { processTerminal } from '../terminal.ts'

interface InboxOptions {
  readonly follow?: boolean
  readonly phone?: string
}

const POLL_INTERVAL_MS = 300

export function inboxCommand(): Command {
  return new Command('inbox')
    .description('print the text messages that `start` has sent, for development only')
    .option('--follow', 'wait for more until Ctrl-C')
    .option('--phone <number>', 'only those to this number, as people type it')
    .action(async ({ follow, phone }: InboxOptions) => {
      const environment = readCliEnvironment(processVariables())
      if (environment.NODE_ENV === 'production') {
        throw new EnvironmentError('`inbox` is for development: in production messages go to telephones.')
      }
      const file = inboxFile(stateDirectory(environment))
      const number = phone === undefined ? null : readPhone(phone)
      let shown = show(readInbox(file), number)
      while (follow) {
        await sleep(POLL_INTERVAL_MS)
        const messages = readInbox(file)
        // A start may have trimmed the file: what is in it then was shown.
        shown = Math.min(shown, messages.length)
        shown += show(messages.slice(shown), number)
      }
    })
}

function readPhone(text: string): E164 {
  const phone = parsePhone(text)
  if (phone === null) throw new EnvironmentError(`${text} is no telephone number. Type it like 9161234567.`)
  return phone
}

/** Gives how many messages it looked at. */
function show(messages: readonly InboxMessage[], phone: E164 | null): number {
  for (const message of messages) {
    if (phone !== null && message.phone !== phone) continue
    processTerminal.result(`${message.at}  ${message.phone}  ${message.sender}: ${message.text}`)
  }
  return messages.length
}
