import type { GatewayExecutor } from '@apollo/server-gateway-interface'
import { isJsonObject } from '../value.ts'

export type Answer = Awaited<ReturnType<GatewayExecutor>>

/** What of an answer has to be the same. Errors come in any order; the order of keys is looked at apart. */
export interface Comparable {
  readonly data: unknown
  /** Message, path and code. */
  readonly errors: readonly string[]
  /** What Apollo's executor says beside the data of nulls that it made itself. */
  readonly valueCompletion: readonly string[]
  /** Whether the data's keys are those that the specification wants. */
  readonly fits: boolean
  /** The executor gave no answer. */
  readonly rejected?: string
}

export function comparable({ data, errors = [], extensions }: Answer, fits: boolean): Comparable {
  const completion = (extensions?.['valueCompletion'] ?? []) as readonly { readonly message: string }[]
  const told = errors.map((error) =>
    JSON.stringify([error.message, error.path, error.extensions?.['code'] ?? codeByServer(error.message)]),
  )
  return {
    data: withSortedKeys(data ?? null),
    errors: told.sort(),
    valueCompletion: completion.map(({ message }) => withoutParent(message)).sort(),
    fits,
  }
}

export function rejection(error: unknown): Comparable {
  return { data: null, errors: [], valueCompletion: [], fits: true, rejected: String(error) }
}

/** Apollo's executor names the type of the fragment around a field, the engine that of the object. */
function withoutParent(message: string): string {
  return message.replace(/ field \w+\./, ' field ')
}

/** What Apollo Server makes of an error without a code. */
function codeByServer(message: string): string | undefined {
  return message.startsWith('Variable "$') ? 'BAD_USER_INPUT' : undefined
}

function withSortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedKeys)
  if (!isJsonObject(value)) return value
  const keys = Object.keys(value).sort()
  return Object.fromEntries(keys.map((key) => [key, withSortedKeys(value[key])]))
}
