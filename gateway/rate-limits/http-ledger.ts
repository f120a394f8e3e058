import { request } from 'undici'
import { z } from 'zod'
import type { Clock } from '../../platform/clock.ts'
import { signInternalToken } from '../../platform/identity/internal-token.ts'
import type { SigningKey } from '../../platform/identity/keys.ts'
import { ANONYMOUS } from '../../platform/identity/viewer.ts'
import { SPENDING_PATH } from '../../platform/spending/serve-spending.ts'
import type { SpendingLedger } from '../../platform/spending/spending.ts'
import { StatusError } from '../transport/transport-error.ts'

export interface HttpLedgerOptions {
  /** The GraphQL endpoint of accounts; the ledger is beside it. */
  readonly accountsUrl: string
  readonly signer: SigningKey
  readonly clock: Clock
}

const TIMEOUT_MS = 1_000
const levels = z.array(z.number())

/** The ledger that accounts keeps in its database. */
export function createHttpLedger({ accountsUrl, signer, clock }: HttpLedgerOptions): SpendingLedger {
  const url = new URL(SPENDING_PATH, accountsUrl)
  return {
    async tell(reports) {
      const identity = { issuer: 'gateway', principal: ANONYMOUS, language: 'en' } as const
      const token = await signInternalToken(identity, 'accounts', signer, clock)
      const { statusCode, body } = await request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify(reports),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      if (statusCode === 200) return levels.parse(await body.json())
      await body.dump()
      throw new StatusError(statusCode)
    },
  }
}
