import type { FetchNode } from '@apollo/query-planner'
import { toClientError } from '../subgraph-error.ts'
import { isJsonObject, type JsonObject, type Path } from '../value.ts'
import type { PlanCompilation } from './compilation.ts'
import { pathsOfTargets } from './flatten.ts'
import type { Merge } from './merge.ts'
import { compileRepresentation, type Represent } from './representation.ts'
import { compileRewrites, type Rewrite } from './rewrite.ts'
import type { Cursor, Run, Send, Step, SubgraphResult } from './step.ts'

/** A fetch of a plan: one operation for one subgraph, at the root or for the entities at a path. */
export function compileFetch<Context>(node: FetchNode, compilation: PlanCompilation<Context>): Step<Context> {
  const { schema, prepare, merge } = compilation
  const { serviceName: subgraph, variableUsages = [] } = node
  const send = prepare({
    subgraph,
    query: node.operation,
    operationName: node.operationName,
    kind: node.operationKind,
  })
  const pickVariables = compileVariables(variableUsages)
  const rewriteOutput = compileRewrites(schema, node.outputRewrites)
  if (!node.requires) return compileRootFetch({ subgraph, send, pickVariables, rewriteOutput, merge })
  const represent = compileRepresentation(schema, node.requires)
  const rewriteInput = compileRewrites(schema, node.inputRewrites)
  return compileEntityFetch({ subgraph, send, pickVariables, rewriteOutput, merge, represent, rewriteInput })
}

interface FetchParts<Context> {
  readonly subgraph: string
  readonly send: Send<Context>
  readonly pickVariables: (variables: Readonly<Record<string, unknown>>) => JsonObject
  readonly rewriteOutput: Rewrite | undefined
  readonly merge: Merge
}

interface EntityFetchParts<Context> extends FetchParts<Context> {
  readonly represent: Represent
  readonly rewriteInput: Rewrite | undefined
}

function compileRootFetch<Context>(parts: FetchParts<Context>): Step<Context> {
  const { send, pickVariables } = parts
  return async (cursor, run) => {
    const result = await sendSafely(send, pickVariables(run.variables), run)
    if (result) takeRoot(parts, result, cursor, run)
  }
}

function takeRoot<Context>(
  { subgraph, rewriteOutput, merge }: Pick<FetchParts<Context>, 'subgraph' | 'rewriteOutput' | 'merge'>,
  { data, errors }: SubgraphResult,
  cursor: Cursor,
  run: Run<Context>,
): void {
  for (const error of errors ?? []) {
    run.errors.push(toClientError(error, subgraph, error.path && [...cursor.path, ...error.path]))
  }
  rewriteOutput?.(data)
  for (const target of cursor.targets) merge(target, data)
}

/** The fetch that a subscription begins with: its results come by themselves, and are taken like those of another. */
export interface Arrival {
  readonly pickVariables: (variables: Readonly<Record<string, unknown>>) => JsonObject
  take<Context>(result: SubgraphResult, cursor: Cursor, run: Run<Context>): void
}

export function compileArrival<Context>(node: FetchNode, { schema, merge }: PlanCompilation<Context>): Arrival {
  const { serviceName: subgraph, variableUsages = [] } = node
  const parts = { subgraph, rewriteOutput: compileRewrites(schema, node.outputRewrites), merge }
  return {
    pickVariables: compileVariables(variableUsages),
    take: (result, cursor, run) => takeRoot(parts, result, cursor, run),
  }
}

function compileEntityFetch<Context>(parts: EntityFetchParts<Context>): Step<Context> {
  return async (cursor, run) => {
    const asked = represent(cursor, parts)
    if (asked.representations.length === 0) return
    const variables = parts.pickVariables(run.variables)
    variables['representations'] = asked.representations
    const result = await sendSafely(parts.send, variables, run)
    if (!result) return
    if (result.errors) reportErrors(result.errors, { subgraph: parts.subgraph, cursor, asked, run })
    mergeEntities(result.data, asked, { run, parts })
  }
}

/** What was asked for: each representation once, with all the objects that it stands for. */
interface Asked {
  readonly representations: readonly JsonObject[]
  readonly targets: readonly (readonly JsonObject[])[]
}

function represent<Context>({ targets }: Cursor, parts: EntityFetchParts<Context>): Asked {
  const representations: JsonObject[] = []
  const grouped: JsonObject[][] = []
  const places = new Map<string, number>()
  for (const target of targets) {
    const representation = parts.represent(target)
    if (!representation) continue
    parts.rewriteInput?.(representation)
    const key = JSON.stringify(representation)
    const place = places.get(key)
    if (place !== undefined) {
      grouped[place]?.push(target)
      continue
    }
    places.set(key, representations.length)
    representations.push(representation)
    grouped.push([target])
  }
  return { representations, targets: grouped }
}

function mergeEntities<Context>(
  data: JsonObject | null | undefined,
  { representations, targets }: Asked,
  { run, parts }: { readonly run: Run<Context>; readonly parts: EntityFetchParts<Context> },
): void {
  if (!data) return
  const entities = data['_entities']
  if (!Array.isArray(entities) || entities.length !== representations.length) {
    const message = `Expected "data._entities" to contain ${representations.length} elements`
    run.errors.push(toClientError({ message }, parts.subgraph, undefined))
    return
  }
  for (const [index, entity] of entities.entries()) {
    for (const target of targets[index] ?? []) mergeEntity(target, entity, parts)
  }
}

function mergeEntity(target: JsonObject, entity: unknown, { rewriteOutput, merge }: FetchParts<never>): void {
  if (!isJsonObject(entity)) return
  if (rewriteOutput) {
    // Rewrites ask for the type, and entities that one representation stands for need not be of one.
    entity['__typename'] ??= target['__typename']
    rewriteOutput(entity)
  }
  merge(target, entity)
}

/** Places errors of entities at every object that the entity stands for. */
function reportErrors<Context>(
  errors: NonNullable<SubgraphResult['errors']>,
  at: { readonly subgraph: string; readonly cursor: Cursor; readonly asked: Asked; readonly run: Run<Context> },
): void {
  const paths = pathsOfTargets(at.run.data, at.cursor)
  for (const error of errors) {
    for (const path of placesOf(error.path, { ...at, paths })) {
      at.run.errors.push(toClientError(error, at.subgraph, path))
    }
  }
}

function placesOf(
  path: Path | undefined,
  { cursor, asked, paths }: { cursor: Cursor; asked: Asked; paths: ReadonlyMap<JsonObject, Path[]> },
): (Path | undefined)[] {
  if (path === undefined) return [undefined]
  const [, index, ...below] = path
  if (typeof index !== 'number') return [[...cursor.path, ...path]]
  // Objects that came as one answer are one object: it has all its places.
  const targets = new Set(asked.targets[index])
  const places = [...targets].flatMap((target) => paths.get(target) ?? [])
  return places.map((place) => [...place, ...below])
}

/** A fetch that fails costs its own fields only: the failure becomes an error of the answer. */
async function sendSafely<Context>(
  send: Send<Context>,
  variables: JsonObject,
  run: Run<Context>,
): Promise<SubgraphResult | null> {
  try {
    return await send(variables, run.context)
  } catch (error) {
    run.errors.push(toGraphQLError(error))
    return null
  }
}

function toGraphQLError(error: unknown): import('graphql').GraphQLError {
  return toClientError({ message: error instanceof Error ? error.message : String(error) }, 'gateway', undefined)
}

/** Copies the variables that an operation uses and the client sent. */
function compileVariables(names: readonly string[]): FetchParts<unknown>['pickVariables'] {
  if (names.length === 0) return () => ({})
  return (variables) => {
    const picked: JsonObject = {}
    for (const name of names) {
      const value = variables[name]
      if (value !== undefined) picked[name] = value
    }
    return picked
  }
}
