import type { FastifyInstance } from 'fastify'
import type { JWTVerifyGetKey } from 'jose'
import type { Clock } from '../clock.ts'
import { verifyInternalToken } from '../identity/internal-token.ts'
import { type SpendingLedger, spendingReports } from './spending.ts'

export interface SpendingServerOptions {
  readonly ledger: SpendingLedger
  /** Finds the public keys of gateways. */
  readonly findKey: JWTVerifyGetKey
  readonly clock: Clock
}

/** Where it is served, below the address of accounts. */
export const SPENDING_PATH = '/spending'

/** Takes what gateways tell of spending; nobody else's word counts. */
export function serveSpending(http: FastifyInstance, { ledger, findKey, clock }: SpendingServerOptions): void {
  http.post(SPENDING_PATH, async (request, reply) => {
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? ''
    const identity = await verifyInternalToken(token, 'accounts', findKey, clock)
    if (identity?.issuer !== 'gateway')
      return reply.status(401).send(refusal('UNAUTHENTICATED', 'Only gateways may tell.'))
    const reports = spendingReports.safeParse(request.body)
    if (!reports.success) return reply.status(400).send(refusal('BAD_REQUEST', 'The body cannot be read.'))
    return ledger.tell(reports.data)
  })
}

function refusal(code: string, message: string) {
  return { errors: [{ message, extensions: { code } }] }
}
