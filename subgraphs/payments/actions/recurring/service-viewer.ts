import { UNKNOWN_CLIENT, type Viewer } from '../../../../platform/identity/viewer.ts'

/** The subgraph itself, of whose acts the trail tells: what comes round by itself was asked for once, by somebody. */
export const PAYMENTS_ITSELF: Viewer = {
  principal: { kind: 'service', name: 'payments' },
  language: 'ru',
  requestId: 'payments-rounds',
  client: UNKNOWN_CLIENT,
}
