import type { Resolvers } from '../generated/resolvers.ts'
import { balance } from './balance.ts'
import { bonuses } from './bonuses.ts'
import { line } from './line.ts'

export const resolvers = { Line: line, Balance: balance, Bonuses: bonuses } satisfies Resolvers
