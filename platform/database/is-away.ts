const SYSTEM_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])
/** Connection exceptions (class 08), shutdown, crash, still starting, no connection free, a transaction left idle. */
const SERVER_CODES = /^(08...|57P0[1-3]|53300|25P03)$/
/** What the driver says without a code. */
const DRIVER_MESSAGES = /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a conn)/

/** Whether an error says that the database is not there, rather than that it was asked something wrong. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof AggregateError) return error.errors.some(isDatabaseAway)
  const code = String((error as { code?: unknown }).code ?? '')
  return SYSTEM_CODES.has(code) || SERVER_CODES.test(code) || DRIVER_MESSAGES.test(error.message)
}

/** Whether somebody had locked a row for longer than one waits: what was wanted was not done, and may be asked again. */
export function isLockedTooLong(error: unknown): boolean {
  return error instanceof Error && (error as { code?: unknown }).code === '55P03'
}
