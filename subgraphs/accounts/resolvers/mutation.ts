import type { MutationResolvers } from '../generated/resolvers.ts'
import { consultantMutations } from './consultant-mutations.ts'
import { conversationMutations } from './conversation-mutations.ts'

export const mutation: MutationResolvers = { ...consultantMutations, ...conversationMutations }
