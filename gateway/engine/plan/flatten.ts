import { isJsonObject, type JsonObject } from '../value.ts'
import type { Cursor, Step } from './step.ts'

/** Moves a step to the objects below a path: `viewer.lines.nodes.@`. Does nothing when the path leads nowhere. */
export function compileFlatten<Context>(path: readonly (string | number)[], step: Step<Context>): Step<Context> {
  const steps = path.map(String)
  return (cursor, run) => {
    const targets: JsonObject[] = []
    for (const target of cursor.targets) collect(target, steps, 0, targets)
    return targets.length === 0 ? undefined : step({ path: [...cursor.path, ...steps], targets }, run)
  }
}

function collect(value: unknown, path: readonly string[], depth: number, targets: JsonObject[]): void {
  if (value === null || value === undefined) return
  const step = path[depth]
  if (step === '@') {
    if (Array.isArray(value)) for (const item of value) collect(item, path, depth + 1, targets)
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, path, depth, targets)
  } else if (step === undefined) {
    if (isJsonObject(value)) targets.push(value)
  } else {
    collect((value as JsonObject)[step], path, depth + 1, targets)
  }
}

/**
 * Where each target of a cursor stands in the answer. Found only when an error has to be placed, so that a run without
 * errors keeps no paths.
 */
export function pathsOfTargets(
  root: JsonObject,
  { path, targets }: Cursor,
): ReadonlyMap<JsonObject, (string | number)[][]> {
  const paths = new Map<JsonObject, (string | number)[][]>(targets.map((target) => [target, []]))
  const visit = (value: unknown, depth: number, place: readonly (string | number)[]): void => {
    if (value === null || value === undefined) return
    const step = path[depth]
    if (Array.isArray(value)) {
      const next = step === '@' ? depth + 1 : depth
      for (const [index, item] of value.entries()) visit(item, next, [...place, index])
    } else if (step === undefined) {
      paths.get(value as JsonObject)?.push([...place])
    } else if (step !== '@') {
      visit((value as JsonObject)[step], depth + 1, [...place, step])
    }
  }
  visit(root, 0, [])
  return paths
}
