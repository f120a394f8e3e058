import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { createAddressList } from '../serving/address-list.ts'
import { isNoticeSigned } from './notice-signature.ts'

/** What a notice is about. Nothing else of it is looked at: how things stand is asked of the acquirer itself. */
export type AcquirerNotice =
  | { readonly kind: 'PAYMENT'; readonly id: string }
  /** With the payment that the money goes back of. */
  | { readonly kind: 'REFUND'; readonly id: string; readonly paymentId: string }

/**
 * Acts on a notice. False when the acquirer cannot be asked just now: then it is to send the notice again. What is not
 * ours, is known already or is not true is taken and changes nothing.
 */
export type TakeNotice = (notice: AcquirerNotice) => Promise<boolean>

/** Whose notices are read at all. YooKassa signs none and names its networks; others sign. */
export interface NoticeTrust {
  /** Addresses and networks that notices come from; anywhere when there are none. */
  readonly peers: readonly string[]
  /** Null for an acquirer that does not sign. */
  readonly signature: { readonly header: string; readonly key: string } | null
}

export interface NoticeServices extends NoticeTrust {
  readonly take: TakeNotice
}

export const NOTICE_PATH = '/acquirer/notices'
export const NOTICE_BODY_BYTES_MAX = 64 * 1024
const ID_LENGTH_MAX = 50
const id = z.string().min(1).max(ID_LENGTH_MAX)

const noticeBody = z.object({
  type: z.literal('notification'),
  event: z.string(),
  object: z.object({ id, payment_id: id.optional() }),
})

/** Takes notices, if it is known whom to take them from. */
export function serveNotices(http: FastifyInstance, services: NoticeServices): void {
  const { peers, signature, take } = services
  if (peers.length === 0 && signature === null) return
  const isBelieved = createTrust(services)
  void http.register((scope, _, done) => {
    scope.removeAllContentTypeParsers()
    // What is signed is the body as it came.
    scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_, body, parsed) => parsed(null, body))
    scope.post(NOTICE_PATH, { bodyLimit: NOTICE_BODY_BYTES_MAX }, async (request, reply) => {
      if (!isBelieved(request)) return reply.status(403).send({ message: 'This is not from the acquirer.' })
      const notice = readNotice(request.body as Buffer)
      if (notice === 'unreadable') return reply.status(400).send({ message: 'The body cannot be read.' })
      if (notice !== null && !(await take(notice))) return reply.status(503).send({ message: 'Send it again later.' })
      return reply.status(200).send({})
    })
    done()
  })
}

/** By all that is configured: from a listed address, and signed. */
function createTrust({ peers, signature }: NoticeTrust): (request: FastifyRequest) => boolean {
  const listed = createAddressList(peers)
  return ({ ip, headers, body }) => {
    if (!Buffer.isBuffer(body)) return false
    if (peers.length > 0 && !listed.has(ip)) return false
    if (signature === null) return true
    const given = headers[signature.header]
    return typeof given === 'string' && isNoticeSigned(body, given, signature.key)
  }
}

/** Null for what happens to other things than payments and refunds. */
function readNotice(body: Buffer): AcquirerNotice | null | 'unreadable' {
  const read = parseJson(body)
  const notice = noticeBody.safeParse(read)
  if (!notice.success) return 'unreadable'
  const { event, object } = notice.data
  if (event.startsWith('payment.')) return { kind: 'PAYMENT', id: object.id }
  if (!event.startsWith('refund.')) return null
  if (object.payment_id === undefined) return 'unreadable'
  return { kind: 'REFUND', id: object.id, paymentId: object.payment_id }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
