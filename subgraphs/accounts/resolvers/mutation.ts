import type { MutationResolvers } from '../generated/resolvers.ts'
import { closing } from './closing.ts'

export const mutation: MutationResolvers = { ...closing }
