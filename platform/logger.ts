import { pino } from 'pino'

/** What the code needs of a logger: pino has it, and so has a test's. */
export type Logger = Pick<import('pino').Logger, 'info' | 'warn' | 'error' | 'debug'> & {
  child(bindings: Record<string, unknown>): Logger
}

/** One JSON object a line on standard output. Only named fields are ever written: no personal data. */
export function createLogger(options: { name: string; level: string }): Logger {
  return pino({ name: options.name, level: options.level, base: { name: options.name }, redact: [...UNSPEAKABLE] })
}

/** What PostgreSQL says of an error beside its message quotes the row that it is about. */
export const UNSPEAKABLE = ['err.detail', 'err.where', 'err.internalQuery', 'err.parameters'] as const

export const silentLogger: Logger = pino({ level: 'silent' })
