import type { Resolvers } from '../generated/resolvers.ts'
import { account } from './account.ts'
import { line } from './line.ts'
import { mutation } from './mutation.ts'
import { query } from './query.ts'

export const resolvers = { Query: query, Mutation: mutation, Account: account, Line: line } satisfies Resolvers
