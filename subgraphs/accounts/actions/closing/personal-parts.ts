import type { Transaction } from 'kysely'
import { seal, unseal } from '../../../../platform/identity/seal.ts'
import type { Secrets } from '../../../../platform/identity/secrets.ts'
import { invariant } from '../../../../platform/invariant.ts'
import type { Randomness } from '../../../../platform/random.ts'
import { keepSealed, takeSealed } from '../../store/closed-accounts.ts'
import { PERSONAL_PARTS } from '../../store/personal-parts.ts'
import type { Tables } from '../../store/tables.ts'

export interface SealingDependencies {
  readonly secrets: Secrets
  readonly random: Randomness
}

const SEAL_PURPOSE = 'closed account'

/** Takes what is personal out of the tables, and keeps it where only this process's secret can read it. */
export async function sealPersonalParts(
  trx: Transaction<Tables>,
  { secrets, random }: SealingDependencies,
  { accountId, now }: { readonly accountId: string; readonly now: Date },
): Promise<void> {
  const taken: Record<string, unknown> = {}
  for (const part of PERSONAL_PARTS) taken[part.name] = await part.take(trx, accountId)
  await keepSealed(trx, { accountId, sealed: seal(JSON.stringify(taken), SEAL_PURPOSE, secrets, random), now })
}

/** Puts it all back. Throws when the secret that sealed it is gone: the account must not open without its data. */
export async function unsealPersonalParts(
  trx: Transaction<Tables>,
  { secrets }: SealingDependencies,
  accountId: string,
): Promise<void> {
  const sealed = await takeSealed(trx, accountId)
  invariant(sealed, 'a closed account has its data sealed beside it')
  const text = unseal(sealed, SEAL_PURPOSE, secrets)
  invariant(text, 'ACCOUNTS_SECRETS still holds what closed accounts were sealed with')
  const taken = JSON.parse(text) as Record<string, unknown>
  for (const part of PERSONAL_PARTS) {
    if (part.name in taken) await part.giveBack(trx, accountId, taken[part.name])
  }
}
