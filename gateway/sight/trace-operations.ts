import type { GatewayInterface } from '@apollo/server-gateway-interface'
import { inRootSpan, isTracing } from '../../platform/sight/tracing.ts'
import type { OperationAdmission } from '../registered/admission.ts'

/**
 * Begins a trace with each operation. What a client says of a trace of its own is not believed: it would decide how
 * many are kept. Asked once, when the gateway starts.
 */
export function withTraces<Gateway extends GatewayInterface>(
  gateway: Gateway,
  { shownName }: Pick<OperationAdmission, 'shownName'>,
): Gateway {
  if (!isTracing()) return gateway
  return {
    ...gateway,
    async load(options) {
      const { executor } = await gateway.load(options)
      if (!executor) return { executor }
      return {
        executor(request) {
          const { operation } = request
          const name = shownName(operation?.name?.value)
          const kind = operation?.operation ?? 'query'
          const attributes = { 'graphql.operation.name': name, 'graphql.operation.type': kind }
          return inRootSpan(`${kind} ${name}`, { attributes }, () => executor(request))
        },
      }
    },
  }
}
