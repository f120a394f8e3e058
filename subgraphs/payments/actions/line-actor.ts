import type { Grant } from '../../../platform/access/grant.ts'
import type { Viewer } from '../../../platform/identity/viewer.ts'

/** Who acts, and with what right on the line. */
export interface LineActor {
  readonly grant: Grant
  readonly viewer: Viewer
}
