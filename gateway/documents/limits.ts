import { GraphQLError } from 'graphql'
import type { Measures } from './measure.ts'

/**
 * The most that one operation may be. Ours take up to half of each, with what clients add to them; but of the cost the
 * home query takes nearly all: a page counts as the largest when a variable says how large it is.
 */
export const OPERATION_LIMITS = {
  tokens: 2_000,
  depth: 15,
  fields: 500,
  aliases: 50,
  directives: 50,
  cost: 10_000,
} as const
export type LimitName = keyof typeof OPERATION_LIMITS

/** The first limit that an operation is over; null when it is over none. */
export function exceededLimit(measures: Measures): GraphQLError | null {
  for (const [name, limit] of Object.entries(OPERATION_LIMITS) as [LimitName, number][]) {
    if (name !== 'tokens' && measures[name] > limit) return overLimit(name, measures[name])
  }
  return null
}

/** Says which limit, how much it is, and how much was asked for where that is known. */
export function overLimit(name: LimitName, value: number | null): GraphQLError {
  const limit = OPERATION_LIMITS[name]
  const asked = value === null ? '' : `, and this one has ${value}`
  return new GraphQLError(`The operation is too large: ${WORDS[name]} at most ${limit}${asked}. ${ADVICE}`, {
    extensions: { code: 'OPERATION_TOO_LARGE', limit: { name, max: limit, value }, http: { status: 400 } },
  })
}

const ADVICE = 'Ask for less, or in several operations.'

const WORDS: Readonly<Record<LimitName, string>> = {
  tokens: 'its text may have lexical tokens',
  depth: 'its fields may be nested',
  fields: 'its fields, with fragments wherever they are spread, may be',
  aliases: 'its aliases may be',
  directives: 'its directives may be',
  cost: 'the values that its answer may hold are',
}
