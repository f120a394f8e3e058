import type { MutationResolvers } from '../generated/resolvers.ts'
import { closing } from './closing.ts'
import { dataExports } from './data-exports.ts'

export const mutation: MutationResolvers = { ...closing, ...dataExports }
