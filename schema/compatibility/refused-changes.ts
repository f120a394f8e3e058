import { type Change, ChangeType, CriticalityLevel, diff } from '@graphql-inspector/core'
import { type GraphQLSchema, parse } from 'graphql'
import { deprecationAt, mayGoFrom } from './deprecation.ts'
import { reachableTypes } from './reachable-types.ts'
import { usedCoordinates } from './used-coordinates.ts'

/** A schema about to take the place of the one that front ends were built on. */
export interface SchemaChange {
  readonly released: GraphQLSchema
  readonly next: GraphQLSchema
  /** The operations that front ends send, by the name of their file. */
  readonly operations: Readonly<Record<string, string>>
  readonly now: Date
}

/**
 * What the change would break, a sentence each; empty when it may be released. To add is free. What goes or becomes
 * something else was deprecated in the released schema, the month named there has passed, and no operation uses it.
 */
export async function refusedChanges(change: SchemaChange): Promise<string[]> {
  const { released, next, now } = change
  const isOver = (coordinate: string) => deprecationProblem(deprecationAt(released, coordinate), now) === null
  const isGone = (coordinate: string) => deprecationAt(next, coordinate) === null && isOver(coordinate)
  const reachable = reachableTypes(released, isGone)
  const usedBy = Object.entries(change.operations).map(([file, text]): [string, Set<string>] => [
    file,
    usedCoordinates(released, parse(text)),
  ])
  const broken = (await diff(released, next)).filter(breaksClients)
  return broken.flatMap(({ path = '', message }) => {
    const [type = ''] = path.split('.')
    if (!reachable.has(type)) return []
    const problem = problemAt(released, path, { now, usedBy })
    return problem === null ? [] : [`${message}: ${problem}.`]
  })
}

/** Another default is another answer for those who leave the argument out. */
const CHANGED_DEFAULTS: readonly string[] = [
  ChangeType.FieldArgumentDefaultChanged,
  ChangeType.InputFieldDefaultValueChanged,
]

function breaksClients({ criticality, type }: Change): boolean {
  return criticality.level === CriticalityLevel.Breaking || CHANGED_DEFAULTS.includes(type)
}

function problemAt(
  released: GraphQLSchema,
  path: string,
  { now, usedBy }: { readonly now: Date; readonly usedBy: readonly (readonly [string, ReadonlySet<string>])[] },
): string | null {
  // An argument may go with its field.
  const steps = path.split('.')
  const places = steps.map((_, index) => steps.slice(0, index + 1).join('.')).slice(1)
  const place = places.find((coordinate) => deprecationAt(released, coordinate) !== null)
  const problem = deprecationProblem(place === undefined ? null : deprecationAt(released, place), now)
  if (problem !== null) return problem
  const users = usedBy.filter(([, used]) => used.has(place ?? path)).map(([file]) => file)
  return users.length === 0 ? null : `it is used by ${users.join(', ')}`
}

function deprecationProblem(reason: string | null, now: Date): string | null {
  if (reason === null) return 'it was not deprecated in the released schema'
  const from = mayGoFrom(reason)
  if (from === null) return 'its deprecation names no month after which it may go'
  return now >= from ? null : `it was promised to stay until ${from.toISOString().slice(0, 10)}`
}
