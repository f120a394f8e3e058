import type { ApolloServerPlugin } from '@apollo/server'
import type { GatewayContext } from '../ask-subgraph.ts'
import type { GatewayObserver } from '../observer.ts'
import type { OperationAdmission } from '../registered/admission.ts'

/** Tells the observer of each operation that was answered. */
export function observeOperations(
  observer: GatewayObserver,
  { shownName }: Pick<OperationAdmission, 'shownName'>,
): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart() {
      const startedAt = performance.now()
      return {
        async willSendResponse({ operation, response: { body } }) {
          const errors = body.kind === 'single' ? (body.singleResult.errors ?? []) : []
          observer.operationAnswered?.({
            name: shownName(operation?.name?.value),
            durationMs: performance.now() - startedAt,
            codes: errors.map(({ extensions }) => String(extensions?.['code'])),
          })
        },
      }
    },
  }
}
