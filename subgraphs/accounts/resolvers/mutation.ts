import type { MutationResolvers } from '../generated/resolvers.ts'
import { sessionMutations } from './session-mutations.ts'

export const mutation: MutationResolvers = { ...sessionMutations }
