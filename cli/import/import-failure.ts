import { EnvironmentError } from '../../platform/environment.ts'

/** Why an import cannot begin, in words for the operator. */
export class ImportFailure extends Error {
  override readonly name = 'ImportFailure'
}

/** What to tell the operator when an import did not get to its end. */
export function describeFailure(error: unknown): string {
  if (error instanceof ImportFailure || error instanceof EnvironmentError) return error.message
  const { message, code, syscall } = error as NodeJS.ErrnoException
  const cause = message || code || String(error)
  const what =
    syscall === 'connect' || isConnectionFailure(code, message) ? 'The database went away' : 'The import stopped'
  return `${what}: ${cause}. What was loaded stays; run the same command again and it goes on.`
}

/** Codes of the network, of a lost connection (class 08) and of a server that stops or starts (57P). */
function isConnectionFailure(code = '', message = ''): boolean {
  return /^(ECONN|EPIPE|EHOST|ENET|ETIMEDOUT|57P|08)/.test(code) || /connection|timeout/i.test(message)
}
