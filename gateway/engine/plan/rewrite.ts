import type { FetchDataRewrite } from '@apollo/query-planner'
import type { GraphQLSchema } from 'graphql'
import { invariant } from '../../../platform/invariant.ts'
import { isJsonObject, type JsonObject } from '../value.ts'
import { compileTypeCondition } from './type-condition.ts'

/** Changes names or values in what goes to a subgraph or comes from it, as the plan says. */
export type Rewrite = (value: unknown) => void

const TYPE_CONDITION = '... on '

/** Compiles the rewrites of a fetch; undefined when it has none, as most. */
export function compileRewrites(
  schema: GraphQLSchema,
  rewrites: readonly FetchDataRewrite[] | undefined,
): Rewrite | undefined {
  if (!rewrites || rewrites.length === 0) return undefined
  const compiled = rewrites.map((rewrite) => compileRewrite(schema, rewrite))
  return (value) => {
    for (const rewrite of compiled) rewrite(value)
  }
}

function compileRewrite(schema: GraphQLSchema, rewrite: FetchDataRewrite): Rewrite {
  const last = rewrite.path.at(-1)
  invariant(last !== undefined && !last.startsWith(TYPE_CONDITION), 'a rewrite ends at a field')
  return rewrite.path
    .slice(0, -1)
    .reduceRight<Rewrite>((below, step) => onEach(descend(schema, step, below)), change(last, rewrite))
}

function change(field: string, rewrite: FetchDataRewrite): Rewrite {
  return onEach(
    rewrite.kind === 'ValueSetter'
      ? (object) => {
          object[field] = rewrite.setValueTo
        }
      : (object) => {
          if (object[field] === undefined) return
          object[rewrite.renameKeyTo] = object[field]
          object[field] = undefined
        },
  )
}

function descend(schema: GraphQLSchema, step: string, below: Rewrite): (object: JsonObject) => void {
  if (!step.startsWith(TYPE_CONDITION)) return (object) => below(object[step])
  const applies = compileTypeCondition(schema, step.slice(TYPE_CONDITION.length))
  return (object) => {
    const typename = object['__typename']
    if (typeof typename !== 'string' || applies(typename)) below(object)
  }
}

/** Applies to an object, or to every object of a list. */
function onEach(apply: (object: JsonObject) => void): Rewrite {
  const rewrite: Rewrite = (value) => {
    if (Array.isArray(value)) for (const item of value) rewrite(item)
    else if (isJsonObject(value)) apply(value)
  }
  return rewrite
}
