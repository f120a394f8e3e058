import type { Acquirer } from '../../../../platform/acquirer/acquirer.ts'
import type { Secrets } from '../../../../platform/identity/secrets.ts'
import type { ActionDependencies } from '../actions.ts'
import type { Background } from './background.ts'
import type { ReturnOrigins } from './return-url.ts'

/** What payments by card need beside the rest. */
export interface CardDependencies extends ActionDependencies {
  /** Who takes money off cards; null where nobody does. */
  readonly acquirer: Acquirer | null
  /** Seals tokens of cards, and requests that tell a telephone. */
  readonly secrets: Secrets
  /** Where customers may be sent back to. */
  readonly returnOrigins: ReturnOrigins
  /** What goes on after a request was answered. */
  readonly background: Background
}
