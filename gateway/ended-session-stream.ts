import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import type { EndedSessions } from '../platform/identity/ended-sessions.ts'
import { signInternalToken } from '../platform/identity/internal-token.ts'
import type { SigningKey } from '../platform/identity/keys.ts'
import { ANONYMOUS } from '../platform/identity/viewer.ts'
import type { Logger } from '../platform/logger.ts'
import { readLines } from './transport/read-lines.ts'

export interface EndedSessionStreamOptions {
  /** The GraphQL endpoint of accounts; the stream is at `/revocations` beside it. */
  readonly accountsUrl: string
  readonly endedSessions: Pick<EndedSessions, 'add'>
  readonly signer: SigningKey
  readonly clock: Clock
  readonly logger: Logger
  /** A stream that says nothing for so long is dead: accounts sends a heartbeat every second. */
  readonly silenceMs?: number
}

const CONNECT_TIMEOUT_MS = 2_000
const SILENCE_MS = 5_000
const RETRY_MS_MIN = 100
const RETRY_MS_MAX = 1_000

const line = z.array(z.object({ sessionId: z.string(), untilMs: z.number() }))

/**
 * Hears from accounts which sessions have ended, for as long as the gateway runs. While accounts is away nothing is
 * heard and people go on; when it is back, it first tells all that was missed.
 */
export function hearEndedSessions(options: EndedSessionStreamOptions): { close(): Promise<void> } {
  const stop = new AbortController()
  const running = hearUntil(stop.signal, options)
  return {
    async close() {
      stop.abort()
      await running
    },
  }
}

async function hearUntil(stop: AbortSignal, options: EndedSessionStreamOptions): Promise<void> {
  let failureCount = 0
  const onHeard = () => {
    if (failureCount > 0) options.logger.info({ failureCount }, 'ended sessions are heard again')
    failureCount = 0
  }
  while (!stop.aborted) {
    const error = await hearOnce(stop, options, onHeard).catch((reason: unknown) => reason)
    if (stop.aborted) return
    failureCount++
    options.logger.warn({ err: error, failureCount }, 'ended sessions are not heard')
    await pause(Math.min(RETRY_MS_MIN * 2 ** (failureCount - 1), RETRY_MS_MAX), stop)
  }
}

/** Resolves or rejects when the stream is over. */
async function hearOnce(
  stop: AbortSignal,
  { accountsUrl, endedSessions, signer, clock, silenceMs = SILENCE_MS }: EndedSessionStreamOptions,
  onHeard: () => void,
): Promise<void> {
  const identity = { issuer: 'gateway', principal: ANONYMOUS, language: 'ru' } as const
  const token = await signInternalToken(identity, 'accounts', signer, clock)
  const { statusCode, body } = await request(new URL('/revocations', accountsUrl), {
    headers: { authorization: `Bearer ${token}` },
    headersTimeout: CONNECT_TIMEOUT_MS,
    bodyTimeout: silenceMs,
    signal: stop,
  })
  if (statusCode !== 200) {
    await body.dump()
    throw new Error(`accounts answered with HTTP status ${statusCode}`)
  }
  for await (const text of readLines(body)) {
    if (text !== '') endedSessions.add(line.parse(JSON.parse(text)))
    onHeard()
  }
}

async function pause(durationMs: number, stop: AbortSignal): Promise<void> {
  await sleep(durationMs, undefined, { signal: stop }).catch(() => undefined)
}
