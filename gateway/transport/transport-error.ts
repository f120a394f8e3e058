/** The subgraph, or a proxy before it, answered with an HTTP status that is no answer. */
export class StatusError extends Error {
  override readonly name = 'StatusError'
  readonly status: number

  constructor(status: number) {
    super(`the subgraph answered with HTTP status ${status}`)
    this.status = status
  }
}

/** The connection ended before the answer was there. */
export class BrokenOffError extends Error {
  override readonly name = 'BrokenOffError'
}

const TRANSIENT_STATUSES: readonly number[] = [502, 503, 504]
const TRANSIENT_CODES: readonly unknown[] = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
]

/** Whether another try, over another connection, may well get an answer: a process was restarted, not broken. */
export function isTransient(error: unknown): boolean {
  if (error instanceof StatusError) return TRANSIENT_STATUSES.includes(error.status)
  if (error instanceof BrokenOffError) return true
  return error instanceof Error && 'code' in error && TRANSIENT_CODES.includes(error.code)
}
