import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { GraphQLError } from 'graphql'
import type { Clock } from '../../platform/clock.ts'
import { unauthenticated } from '../../platform/errors.ts'
import { tokenExpiryMs } from '../../platform/identity/access-token.ts'
import type { Client, Principal } from '../../platform/identity/viewer.ts'
import { type Language, preferredLanguage } from '../../platform/languages.ts'
import { readClient } from '../client.ts'

/** Who opens streams, and until when they are believed. */
export interface StreamSession {
  readonly principal: Principal
  readonly language: Language
  readonly client: Client
  readonly expiresAtMs: number
}

export interface SessionOptions {
  readonly authenticate: (authorization: string | undefined) => Promise<Principal>
  /** Counts one who could not say who they are; throws when such come too often from there. */
  readonly turnAway: (address: string) => void
}

/**
 * Finds out who opens streams. A browser can send no headers of its own with a WebSocket: what the `connection_init`
 * message carries by the same names stands for them. Throws for whoever is not signed in.
 */
export async function readSession(
  { authenticate, turnAway }: SessionOptions,
  request: Pick<FastifyRequest, 'ip' | 'headers'>,
  params: Readonly<Record<string, unknown>> = {},
): Promise<StreamSession> {
  const headers = withParams(request.headers, params)
  const { authorization } = headers
  const principal = await authenticate(authorization).catch((error: unknown) => {
    turnAway(request.ip)
    throw error
  })
  if (principal.kind === 'anonymous' || authorization === undefined) throw unauthenticated()
  return {
    principal,
    language: preferredLanguage(headers['accept-language']),
    // The network names a number for signing in, and nobody signs in by a stream.
    client: readClient(request.ip, headers, null),
    expiresAtMs: tokenExpiryMs(authorization.replace(/^Bearer /i, '')),
  }
}

const PARAMS = ['authorization', 'accept-language', 'x-device-id', 'x-reason'] as const

function withParams(headers: IncomingHttpHeaders, params: Readonly<Record<string, unknown>>): IncomingHttpHeaders {
  const given = new Map(Object.entries(params).map(([name, value]) => [name.toLowerCase(), value]))
  const taken = PARAMS.flatMap((name) => {
    const value = given.get(name)
    return typeof value === 'string' ? [[name, value]] : []
  })
  return { ...headers, ...Object.fromEntries(taken) }
}

/** Calls back when the session's token expires; gives the way to have it not do so. */
export function onExpiry({ expiresAtMs }: StreamSession, clock: Clock, expire: () => void): () => void {
  const leftMs = Math.min(Math.max(0, expiresAtMs - clock.now().getTime()), TIMER_MAX_MS)
  const timer = setTimeout(expire, leftMs)
  timer.unref()
  return () => clearTimeout(timer)
}

/** What a timer can wait; no token lives so long. */
const TIMER_MAX_MS = 2 ** 31 - 1

/** The code of the error that a session could not be opened for; null for what is no error of a client. */
export function refusalOf(error: unknown): { readonly code: string; readonly reason: string } | null {
  if (!(error instanceof GraphQLError)) return null
  const { code, reason } = error.extensions
  return { code: String(code), reason: String(reason ?? code) }
}
