import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** A text message that arrived at a telephone which does not exist. */
export interface InboxMessage {
  readonly at: string
  readonly phone: string
  readonly sender: string
  readonly text: string
}

export function inboxFile(stateDirectory: string): string {
  return path.join(stateDirectory, 'inbox.jsonl')
}

/** Adds a message. Small lines at the end of a file are whole, however many processes write there. */
export function addToInbox(file: string, message: InboxMessage): void {
  appendFileSync(file, `${JSON.stringify(message)}\n`, { mode: 0o600 })
}

/** All messages, the oldest first; none when there is no file. */
export function readInbox(file: string): InboxMessage[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  // The last line may be half written at this moment.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  return whole.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as InboxMessage]))
}

/** Lets go of the oldest when there are more than these, so that the file does not grow for ever. */
export function trimInbox(file: string, messagesKept: number): void {
  const messages = readInbox(file)
  if (messages.length <= messagesKept) return
  const lines = messages.slice(-messagesKept).map((message) => `${JSON.stringify(message)}\n`)
  writeFileSync(file, lines.join(''), { mode: 0o600 })
}
