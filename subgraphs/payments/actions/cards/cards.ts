import type { AccountPrincipal, Viewer } from '../../../../platform/identity/viewer.ts'
import { parseId } from '../../../../platform/ids.ts'
import { type CardRow, deleteCard, listCards } from '../../store/cards.ts'
import type { CardDependencies } from '../card-payments/card-dependencies.ts'
import { recordAccountAct } from '../record-act.ts'

/** The saved cards of the viewer's account; none for whoever may not pay with them. */
export async function ownCards({ db }: CardDependencies, { principal }: Viewer): Promise<CardRow[]> {
  return maySeeCards(principal) ? listCards(db, principal.accountId) : []
}

/** Whether somebody may pay with the cards of the account in whose name they act. */
export function maySeeCards(principal: Viewer['principal']): principal is AccountPrincipal {
  return principal.kind === 'account' && principal.organizationRole !== 'user'
}

/** Whether these are the cards of an account that somebody may pay with, so that what is wrong with one is theirs to know. */
export function maySeeCardsOf(principal: Viewer['principal'], accountId: string | null): boolean {
  return maySeeCards(principal) && principal.accountId === accountId
}

export type RemoveCardOutcome =
  | { readonly kind: 'removed'; readonly cardId: string }
  | { readonly kind: 'cardNotFound' }

/** Forgets a card and its token. Payments by it that are under way go on. */
export async function removeCard(
  dependencies: CardDependencies,
  { cardId }: { readonly cardId: string },
  viewer: Viewer,
): Promise<RemoveCardOutcome> {
  const { principal } = viewer
  const id = parseId(cardId)
  if (id === null || principal.kind !== 'account' || principal.organizationRole === 'user') {
    return { kind: 'cardNotFound' }
  }
  const { accountId } = principal
  const isRemoved = await dependencies.db.transaction().execute(async (trx) => {
    if (!(await deleteCard(trx, accountId, id))) return false
    await recordAccountAct(trx, dependencies, { accountId, act: 'CARD_REMOVED', details: { cardId: id } }, viewer)
    return true
  })
  if (!isRemoved) return { kind: 'cardNotFound' }
  dependencies.onEvent()
  return { kind: 'removed', cardId: id }
}
