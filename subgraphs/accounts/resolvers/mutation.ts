import type { MutationResolvers } from '../generated/resolvers.ts'
import { closing } from './closing.ts'
import { dataExports } from './data-exports.ts'
import { oneTimePasswordMutations } from './one-time-password-mutations.ts'
import { passwordMutations } from './password-mutations.ts'
import { sessionMutations } from './session-mutations.ts'

export const mutation: MutationResolvers = {
  ...closing,
  ...dataExports,
  ...oneTimePasswordMutations,
  ...passwordMutations,
  ...sessionMutations,
}
