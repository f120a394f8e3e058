import type { AcquirerNotice } from '../../../../platform/acquirer/notice-route.ts'
import type { Viewer } from '../../../../platform/identity/viewer.ts'
import type { JobHandler, JobQueue } from '../../../../platform/jobs/jobs.ts'
import { ownCards, removeCard } from '../cards/cards.ts'
import { followRefund } from '../refunds/follow-refund.ts'
import { type RefundPayment, refundPayment } from '../refunds/refund-payment.ts'
import type { CardDependencies } from './card-dependencies.ts'
import { followPayment } from './follow-payment.ts'
import { FOLLOW_PAYMENT, FOLLOW_REFUND } from './queues.ts'
import { takeNotice } from './take-notice.ts'
import { type TopUp, type TopUpViewer, topUp } from './top-up.ts'

/** All that can be done about cards, with its dependencies in place. */
export type CardActions = ReturnType<typeof createCardActions>

export function createCardActions(dependencies: CardDependencies) {
  return {
    topUp: (command: TopUp, by: TopUpViewer) => topUp(dependencies, command, by),
    ownCards: (viewer: Viewer) => ownCards(dependencies, viewer),
    removeCard: (command: { readonly cardId: string }, viewer: Viewer) => removeCard(dependencies, command, viewer),
    refundPayment: (command: RefundPayment, viewer: Viewer) => refundPayment(dependencies, command, viewer),
    takeNotice: (notice: AcquirerNotice) => takeNotice(dependencies, notice),
  }
}

/** The work that sees payments and refunds through. */
export function cardJobs(dependencies: CardDependencies): [JobQueue, JobHandler][] {
  return [
    [FOLLOW_PAYMENT, ({ data }) => followPayment(dependencies, data)],
    [FOLLOW_REFUND, ({ data }) => followRefund(dependencies, data)],
  ]
}
