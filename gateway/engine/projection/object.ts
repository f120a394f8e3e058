import type { JsonObject } from '../value.ts'
import type { IsLeaf } from './leaf.ts'
import { BUBBLE, INVALID_NULL, INVALID_VALUE, type Project, type ProjectionRun } from './project.ts'

/** One field of one type, compiled. */
export interface CompiledField {
  /** Its name in the answer. */
  readonly key: string
  /** Its name in what was fetched: another where the plan needs the client's for itself. */
  readonly fetchedKey: string
  /** Its name in messages. */
  readonly place: string
  /** For a scalar or an enum, which most fields are: these are looked at without a call of their own. */
  readonly isLeaf: IsLeaf | null
  /** Whether a leaf may not be null. */
  readonly isNonNull: boolean
  /** For all other fields. */
  readonly project: Project
}

export type ProjectObject = (object: JsonObject, run: ProjectionRun) => JsonObject | typeof BUBBLE

/** After so many objects in a row that were not their own projection, the next are not expected to be. */
const MISSES_MAX = 8

/**
 * Projects objects of one type. Most are their own projection, as what was asked of a subgraph is what the client asked
 * for: these are shown as they came. Others, as those with a key that only the plan needs, are copied.
 */
export function compileObject(fields: readonly CompiledField[]): ProjectObject {
  const copy = compileCopy(fields)
  if (fields.some(({ key, fetchedKey }) => key !== fetchedKey)) return copy
  let misses = 0
  return (object, run) => {
    if (misses >= MISSES_MAX) return copy(object, run)
    const reported = run.errors.length
    if (isExact(object, fields, run)) {
      misses = 0
      return object
    }
    misses++
    // What was found by the way is found again.
    run.errors.length = reported
    return copy(object, run)
  }
}

/** Whether an object has the fields and no more, in their order, each its own projection. */
function isExact(object: JsonObject, fields: readonly CompiledField[], run: ProjectionRun): boolean {
  let count = 0
  // Unlike Object.keys, this reads keys and values off the object's shape.
  for (const key in object) {
    const field = fields[count++]
    if (field?.key !== key) return false
    const value = object[key]
    if (projectField(field, value, run) !== value) return false
  }
  return count === fields.length
}

function compileCopy(fields: readonly CompiledField[]): ProjectObject {
  // Copies of an object that has all keys need not grow key by key. Assigning to an own `__proto__` is harmless too.
  const template: JsonObject = Object.fromEntries(fields.map(({ key }) => [key, null]))
  return (object, run) => {
    const output = { ...template }
    for (const field of fields) {
      const value = projectField(field, object[field.fetchedKey], run)
      if (value === BUBBLE) return BUBBLE
      output[field.key] = value
    }
    return output
  }
}

function projectField(field: CompiledField, value: unknown, run: ProjectionRun): unknown {
  return field.isLeaf ? projectLeaf(field, value, run) : projectBelow(field, value, run)
}

function projectLeaf(field: CompiledField, value: unknown, run: ProjectionRun): unknown {
  if (value !== null && value !== undefined) {
    if (field.isLeaf?.(value)) return value
    reportAt(field, INVALID_VALUE, run)
  } else if (field.isNonNull) reportAt(field, INVALID_NULL, run)
  return field.isNonNull ? BUBBLE : null
}

function projectBelow(field: CompiledField, value: unknown, run: ProjectionRun): unknown {
  run.path[run.depth++] = field.key
  const projected = field.project(value, run)
  run.depth--
  return projected
}

function reportAt(field: CompiledField, trouble: string, run: ProjectionRun): void {
  run.path[run.depth++] = field.key
  run.report(trouble, field.place)
  run.depth--
}
