import type { GatewayDependencies } from './dependencies.ts'
import type { DocumentGate } from './documents/document-gate.ts'
import type { Door } from './door.ts'
import type { OperationAdmission } from './registered/admission.ts'
import type { SupergraphWatch } from './supergraph-status.ts'

/** What the parts of one gateway share. */
export interface Front {
  readonly dependencies: GatewayDependencies
  readonly supergraph: SupergraphWatch
  readonly documents: DocumentGate
  readonly operations: OperationAdmission
  readonly door: Door
}
