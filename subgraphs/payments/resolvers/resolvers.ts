import type { Resolvers } from '../generated/resolvers.ts'
import { balance } from './balance.ts'
import { bonuses } from './bonuses.ts'
import { line } from './line.ts'
import { query } from './query.ts'

export const resolvers = { Query: query, Line: line, Balance: balance, Bonuses: bonuses } satisfies Resolvers
