import { serviceViewer, type Viewer } from '../../../platform/identity/viewer.ts'

/** Payments themselves, where nobody's request is behind what is done. `requestId` is what it is found under. */
export function forOurselves(requestId: string): Viewer {
  return serviceViewer('payments', requestId)
}

/** What comes round by itself: it was asked for once, by somebody. */
export const ROUNDS = forOurselves('payments-rounds')
