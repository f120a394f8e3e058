import type { Kysely } from 'kysely'
import type { Clock } from '../../../../platform/clock.ts'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import type { NewId } from '../../../../platform/ids.ts'
import { invariant } from '../../../../platform/invariant.ts'
import type { Language } from '../../../../platform/languages.ts'
import { type AccountRow, updateLanguage } from '../../store/accounts.ts'
import { recordAct } from '../../store/acts.ts'
import type { Tables } from '../../store/tables.ts'

export interface SettingsDependencies {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly newId: NewId
}

/** Sets the language of messages and notices to the account of the viewer's session. */
export async function setLanguage(
  { db, clock, newId }: SettingsDependencies,
  { language }: { readonly language: Language },
  viewer: Viewer,
): Promise<AccountRow> {
  const { principal } = viewer
  invariant(principal.kind === 'account', 'only an account has a language of its own to set')
  const { accountId } = principal
  return db.transaction().execute(async (trx) => {
    const account = await updateLanguage(trx, accountId, language)
    invariant(account, 'who is signed in has an account')
    const act = { accountId, kind: 'LANGUAGE_CHANGED', details: { language } }
    await recordAct(trx, viewer, { id: newId(), at: clock.now(), ...act })
    return account
  })
}
