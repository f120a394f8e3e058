import { isDeepStrictEqual } from 'node:util'
import { isJsonObject } from '../value.ts'
import type { Comparable } from './compare.ts'

/** A difference from Apollo's executor that we mean: where it and the specification part, the engine follows the latter. */
export interface Deviation {
  readonly reason: string
  /** Whether it is all that parts two answers. */
  readonly explains: (engine: Comparable, stock: Comparable) => boolean
}

/**
 * Three more are in the comparison itself. Keys: Apollo's executor merges fragments on the same type and so moves their
 * keys; the engine's order is held against graphql-js. Codes: errors of variables get `BAD_USER_INPUT` from Apollo
 * Server when the executor gave none. Names: a value that does not fit is said to be of the type of the fragment around
 * it, which may be an interface; the engine says of which type the object is.
 */
export const DEVIATIONS = {
  introspection: {
    reason:
      'Apollo’s planner refuses `__schema` and `__type` in fragments or with conditions; they are valid there. What remains of the operation without them is compared.',
    explains: (_, stock) =>
      /^Error: Was not able to find any options for (\w+: )?__(schema|type)\b/.test(stock.rejected ?? ''),
  },
  firstTrouble: {
    reason: 'Of an object that is lost only the first bad field is told, and keys come in another order (see above).',
    explains: (engine, stock) =>
      hasSameErrors(engine, stock) &&
      isDeepStrictEqual(engine.data, stock.data) &&
      engine.valueCompletion.length > 0 &&
      stock.valueCompletion.length > 0,
  },
  entityPlace: {
    reason: 'Apollo’s executor counts entities that it did not ask for and so blames another item of the list.',
    explains: (engine, stock) => isDeepStrictEqual(withoutPlaces(engine), withoutPlaces(stock)),
  },
  lostType: {
    reason:
      'Apollo’s executor takes an object without __typename to be of the type of the fragment around it, though its field says more, or of an interface, because a subgraph knows it so; it leaves out keys that belong there.',
    explains: (engine, stock) => !stock.fits && hasSameErrors(engine, stock),
  },
  interfaceName: {
    reason:
      'Apollo’s executor lets the name of an interface, from a subgraph with @interfaceObject, replace the name of a type, and loses the object.',
    explains: (engine, stock) => hasSameErrors(engine, stock) && isPart(stock.data, engine.data),
  },
} satisfies Record<string, Deviation>

export type DeviationName = keyof typeof DEVIATIONS

/** What may part the two on any supergraph. */
export const COMMON: readonly DeviationName[] = ['introspection', 'firstTrouble', 'entityPlace', 'lostType']

/** The accepted deviation that is all that parts two answers; undefined when they are the same, null when nothing explains it. */
export function explain(
  engine: Comparable,
  stock: Comparable,
  accepted: readonly DeviationName[],
): DeviationName | null | undefined {
  if (isDeepStrictEqual({ ...engine, fits: true }, { ...stock, fits: true })) return undefined
  return accepted.find((name) => DEVIATIONS[name].explains(engine, stock)) ?? null
}

function withoutPlaces(answer: Comparable): Comparable {
  return {
    ...answer,
    fits: true,
    errors: answer.errors.map((error) => error.replace(/(?<=[[,])\d+(?=[\],])/g, '#')).sort(),
  }
}

function hasSameErrors(engine: Comparable, stock: Comparable): boolean {
  return isDeepStrictEqual([engine.errors, engine.rejected], [stock.errors, stock.rejected])
}

/** Whether one value is the other with some keys left out and some objects null. */
function isPart(part: unknown, whole: unknown): boolean {
  if (Array.isArray(part) && Array.isArray(whole)) {
    return part.length === whole.length && part.every((item, index) => isPart(item, whole[index]))
  }
  if (!isJsonObject(whole)) return part === whole
  if (!isJsonObject(part)) return part === null
  return Object.keys(part).every((key) => key in whole && isPart(part[key], whole[key]))
}
