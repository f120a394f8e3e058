import type { ApolloServerPlugin } from '@apollo/server'
import { GraphQLError } from 'graphql'

/** The most that the variables of one operation may be. No input of ours is a tenth of either. */
export const VARIABLE_LIMITS = { variableDepth: 32, variableValues: 5_000 } as const
type LimitName = keyof typeof VARIABLE_LIMITS

/** Refuses variables over a limit before anything goes through them: what does, takes stack by their depth. */
export const variablesPlugin: ApolloServerPlugin = {
  async requestDidStart() {
    return {
      async didResolveOperation({ request }) {
        const exceeded = exceededByVariables(request.variables)
        if (exceeded) throw exceeded
      },
    }
  },
}

/** The limit that variables are over; null when they are over none. Looks no further than the limits go. */
export function exceededByVariables(variables: unknown): GraphQLError | null {
  const name = firstExceeded(variables, 0, { left: VARIABLE_LIMITS.variableValues })
  return name && overLimit(name)
}

function firstExceeded(value: unknown, depth: number, values: { left: number }): LimitName | null {
  if (--values.left < 0) return 'variableValues'
  if (typeof value !== 'object' || value === null) return null
  if (depth === VARIABLE_LIMITS.variableDepth) return 'variableDepth'
  for (const child of Object.values(value)) {
    const exceeded = firstExceeded(child, depth + 1, values)
    if (exceeded) return exceeded
  }
  return null
}

const WORDS: Readonly<Record<LimitName, string>> = {
  variableDepth: 'its variables may be nested',
  variableValues: 'the values in its variables may be',
}

function overLimit(name: LimitName): GraphQLError {
  const max = VARIABLE_LIMITS[name]
  return new GraphQLError(`The operation is too large: ${WORDS[name]} at most ${max}. Ask for less.`, {
    extensions: { code: 'OPERATION_TOO_LARGE', limit: { name, max, value: null }, http: { status: 400 } },
  })
}
