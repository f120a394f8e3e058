import fastify, { type FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../../../platform/clock.ts'

export interface SimSwapStandInOptions {
  readonly token: string
  readonly clock: Clock
}

const HOUR_MS = 3_600_000
const phoneNumber = z.string().regex(/^\+[1-9]\d{4,14}$/)
const date = z.object({ phoneNumber })
const check = z.object({ phoneNumber, maxAge: z.int().min(1).max(2_400).default(240) })
const change = z.object({ phoneNumber, at: z.iso.datetime({ offset: true }).optional() })

/**
 * A network to develop against. It speaks CAMARA's SimSwap API, version 2, and takes one request of its own:
 * `POST /changes {phoneNumber, at?}` changes a SIM, now if no moment is given. It forgets all when it stops.
 */
export function createSimSwapStandIn({ token, clock }: SimSwapStandInOptions): FastifyInstance {
  const changes = new Map<string, Date>()
  const http = fastify()

  http.addHook('onRequest', async ({ headers }, reply) => {
    if (headers.authorization !== `Bearer ${token}`) return reply.status(401).send(error(401, 'UNAUTHENTICATED'))
  })
  http.post('/retrieve-date', async ({ body }, reply) => {
    const asked = date.safeParse(body)
    if (!asked.success) return reply.status(400).send(error(400, 'INVALID_ARGUMENT'))
    return { latestSimChange: changes.get(asked.data.phoneNumber)?.toISOString() ?? null }
  })
  http.post('/check', async ({ body }, reply) => {
    const asked = check.safeParse(body)
    if (!asked.success) return reply.status(400).send(error(400, 'INVALID_ARGUMENT'))
    const changedAt = changes.get(asked.data.phoneNumber)
    return {
      swapped: changedAt !== undefined && clock.now().getTime() - changedAt.getTime() <= asked.data.maxAge * HOUR_MS,
    }
  })
  http.post('/changes', async ({ body }, reply) => {
    const made = change.safeParse(body)
    if (!made.success) return reply.status(400).send(error(400, 'INVALID_ARGUMENT'))
    changes.set(made.data.phoneNumber, made.data.at === undefined ? clock.now() : new Date(made.data.at))
    return reply.status(204).send()
  })
  return http
}

function error(status: number, code: string): { status: number; code: string; message: string } {
  return { status, code, message: 'The request is not one of the SimSwap API, version 2.' }
}
