import type { MutationResolvers } from '../generated/resolvers.ts'
import { oneTimePasswordMutations } from './one-time-password-mutations.ts'

export const mutation: MutationResolvers = { ...oneTimePasswordMutations }
