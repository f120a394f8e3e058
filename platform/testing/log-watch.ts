import { pino } from 'pino'
import type { Logger } from '../logger.ts'

/** What never stands in a log, by what it is. */
const FORBIDDEN: Readonly<Record<string, RegExp>> = {
  'a telephone number': /(?<![\w.-])(?:\+\d{10,15}|[78]9\d{9})(?![\w-])/,
  'an access token': /\beyJ[\w-]{10,}\.[\w-]{10,}/,
  'a refresh token': /(?<![\w-])[\w-]{91}(?![\w-])/,
  'the hash of a password': /\$argon2/,
  'an authorization header': /\bbearer [\w-]/i,
  'a private key': /"d":"[\w-]{40,}"/,
  'a card number': /(?<![\w.-])(?:\d{4}[ -]?){3}\d{4}(?![\w.-])/,
}

const findings: string[] = []
const canaries = new Set<string>()

/** Names a text (a code, a password, a name) that must not stand in any log from now on. */
export function plantCanary(text: string): void {
  canaries.add(text)
}

/** What is wrong with a line of a log: what kinds of secrets it shows, or that it is no JSON. */
export function faultsOf(line: string): string[] {
  const faults = Object.entries(FORBIDDEN).flatMap(([what, pattern]) => (pattern.test(line) ? [what] : []))
  const shown = [...canaries].filter((canary) => holds(line, canary))
  return [...faults, ...shown.map(() => 'a canary'), ...(isJson(line) ? [] : ['no JSON'])]
}

/** Takes a line of any log of any test; what is wrong with it fails the test that runs. */
export function watchLine(line: string): void {
  for (const fault of faultsOf(line)) findings.push(`${fault}: ${line}`)
}

/** What was found since the last call. */
export function takeFindings(): string[] {
  return findings.splice(0)
}

/** Writes everything down to `debug`, to nobody but the watch. */
export const watchedLogger: Logger = pino({ level: 'debug' }, { write: (line: string) => watchLine(line.trimEnd()) })

/** As a word of its own: a code of six digits is no canary inside a longer number. */
function holds(line: string, word: string): boolean {
  return line.split(word).some((before, index, parts) => {
    const after = parts[index + 1]
    return after !== undefined && !/\w$/.test(before) && !/^\w/.test(after)
  })
}

function isJson(line: string): boolean {
  try {
    JSON.parse(line)
    return true
  } catch {
    return false
  }
}
