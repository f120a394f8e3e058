import type { Kysely } from 'kysely'
import type { Clock } from '../../../../platform/clock.ts'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import type { NewId } from '../../../../platform/ids.ts'
import { invariant } from '../../../../platform/invariant.ts'
import type { Language } from '../../../../platform/languages.ts'
import { type AccountRow, updateLanguage } from '../../store/accounts.ts'
import { recordAct } from '../../store/acts.ts'
import { findRole } from '../../store/memberships.ts'
import type { Tables } from '../../store/tables.ts'

export interface SettingsDependencies {
  readonly db: Kysely<Tables>
  readonly clock: Clock
  readonly newId: NewId
}

export interface SetLanguage {
  readonly language: Language
}

export type SetLanguageOutcome =
  | { readonly kind: 'set'; readonly account: AccountRow }
  | { readonly kind: 'notPermitted' }

/** Sets the language of messages and notices to the account of the viewer's session. */
export async function setLanguage(
  { db, clock, newId }: SettingsDependencies,
  { language }: SetLanguage,
  viewer: Viewer,
): Promise<SetLanguageOutcome> {
  const { principal } = viewer
  invariant(principal.kind === 'account', 'only an account has a language of its own to set')
  const { accountId, personId } = principal
  return db.transaction().execute(async (trx) => {
    // A session may be older than the role that it was opened with.
    const role =
      personId === accountId ? 'OWNER' : await findRole(trx, { organizationId: accountId, memberId: personId })
    if (role !== 'OWNER' && role !== 'ADMINISTRATOR') return { kind: 'notPermitted' }
    const account = await updateLanguage(trx, accountId, language)
    invariant(account, 'who is signed in has an account')
    const act = { accountId, kind: 'LANGUAGE_CHANGED', details: { language } }
    await recordAct(trx, viewer, { id: newId(), at: clock.now(), ...act })
    return { kind: 'set', account }
  })
}
