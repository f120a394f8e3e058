import type { Transaction } from 'kysely'
import { writeEvent } from '../../../../platform/events/outbox.ts'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import type { Translated } from '../../../../platform/languages.ts'
import { recordAct } from '../../store/acts.ts'
import { findLanguage, hasOtherMembers, markClosed } from '../../store/closed-accounts.ts'
import { findContact } from '../../store/contacts.ts'
import { cutLinks } from '../../store/data-exports.ts'
import { queueMessage } from '../../store/messages.ts'
import { writeNotice } from '../../store/notices.ts'
import type { Tables } from '../../store/tables.ts'
import { hasSignedInFreshly } from '../confirm-identity.ts'
import { type CredentialHoldDependencies, checkCredentialHold } from '../credential-hold.ts'
import { endSessions } from '../sessions/end-sessions.ts'
import type { SessionDependencies } from '../sessions/open-session.ts'
import { sealPersonalParts } from './personal-parts.ts'

export type CloseAccountDependencies = SessionDependencies & CredentialHoldDependencies

export type CloseAccountOutcome =
  | { readonly kind: 'closed'; readonly at: Date }
  | { readonly kind: 'accountNotFound' }
  | { readonly kind: 'notOwner' }
  | { readonly kind: 'recentSignInRequired' }
  | { readonly kind: 'simChanged'; readonly until: Date }
  | { readonly kind: 'hasMembers' }

/**
 * Closes the account that the viewer acts in: every session of it ends, and what it says of a person is sealed. The
 * lines, the contract and the money are not touched; payments forget its cards, and take nothing off them any more. The id is asked for so that nobody closes another than they mean.
 */
export async function closeAccount(
  dependencies: CloseAccountDependencies,
  command: { readonly accountId: string },
  viewer: Viewer,
): Promise<CloseAccountOutcome> {
  const { principal } = viewer
  const accountId = parseId(command.accountId)
  if (principal.kind !== 'account' || principal.accountId !== accountId) return { kind: 'accountNotFound' }
  const { personId, organizationRole } = principal
  if (organizationRole !== null && organizationRole !== 'owner') return { kind: 'notOwner' }
  if (!(await hasSignedInFreshly(dependencies, viewer))) return { kind: 'recentSignInRequired' }
  const now = dependencies.clock.now()
  const until = await checkCredentialHold(dependencies, personId, now)
  if (until) return { kind: 'simChanged', until }

  const outcome = await dependencies.db.transaction().execute(async (trx): Promise<CloseAccountOutcome> => {
    if (personId !== accountId && (await hasOtherMembers(trx, accountId, personId))) return { kind: 'hasMembers' }
    // Who is signing in at this moment is waited for, and their session is among those that end.
    if (!(await markClosed(trx, accountId, now))) return { kind: 'accountNotFound' }
    const ended = personId === accountId ? { personId } : { accountId }
    const endedSessions = await endSessions(trx, dependencies, { ...ended, reason: 'ACCOUNT_CLOSED' })
    await cutLinks(trx, accountId)
    await tell(trx, dependencies, { accountId, now })
    const event = { id: dependencies.newId(), kind: 'AccountClosed', occurredAt: now.toISOString(), accountId } as const
    await writeEvent(trx, event, ['payments'])
    await sealPersonalParts(trx, dependencies, { accountId, now })
    const notice = { id: dependencies.newId(), accountId, kind: 'ACCOUNT_CLOSED', parameters: {}, at: now } as const
    await writeNotice(trx, notice)
    const act = { id: dependencies.newId(), at: now, accountId, kind: 'ACCOUNT_CLOSED', details: { endedSessions } }
    await recordAct(trx, viewer, act)
    return { kind: 'closed', at: now }
  })
  if (outcome.kind === 'closed') dependencies.onOutgoing()
  return outcome
}

/** The contact is about to be sealed, so its message leaves from here; the notice is for the cabinet's own history. */
async function tell(
  trx: Transaction<Tables>,
  { newId, random, secrets }: CloseAccountDependencies,
  { accountId, now }: { readonly accountId: string; readonly now: Date },
): Promise<void> {
  const contact = await findContact(trx, accountId)
  if (contact === null) return
  const text = CLOSED[await findLanguage(trx, accountId)]
  const expiresAt = new Date(now.getTime() + MESSAGE_MS)
  const message = { id: newId(), phone: contact, purpose: 'NOTICE', text, at: now, expiresAt } as const
  await queueMessage(trx, { secrets, random }, message)
}

const MESSAGE_MS = 86_400_000
const CLOSED: Translated = {
  ru: 'Личный кабинет закрыт. Номер и договор остались. Чтобы открыть его снова, войдите с паролем из SMS.',
  en: 'Your cabinet is closed. Your number and contract stay. To open it again, sign in with a password by SMS.',
}
