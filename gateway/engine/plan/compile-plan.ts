import type { PlanNode, QueryPlan } from '@apollo/query-planner'
import type { PlanCompilation } from './compilation.ts'
import { compileCondition } from './condition.ts'
import { compileFetch } from './fetch.ts'
import { compileFlatten } from './flatten.ts'
import type { Step } from './step.ts'

/** A plan has a kind of node that the engine does not run. The stock executor may. */
export class UnsupportedPlanError extends Error {
  override readonly name = 'UnsupportedPlanError'
}

/** Turns a plan into steps that only run: everything that can be known before a request is known here. */
export function compilePlan<Context>(plan: QueryPlan, compilation: PlanCompilation<Context>): Step<Context> {
  if (plan.node === undefined) return () => undefined
  if (plan.node.kind === 'Subscription') throw new UnsupportedPlanError('the plan is a subscription’s')
  return compileNode(plan.node, compilation)
}

export function compileNode<Context>(node: PlanNode, compilation: PlanCompilation<Context>): Step<Context> {
  switch (node.kind) {
    case 'Fetch':
      return compileFetch(node, compilation)
    case 'Sequence':
      return compileSequence(node.nodes.map((child) => compileNode(child, compilation)))
    case 'Parallel':
      return compileParallel(node.nodes.map((child) => compileNode(child, compilation)))
    case 'Flatten':
      return compileFlatten(node.path, compileNode(node.node, compilation))
    case 'Condition': {
      const { ifClause, elseClause } = node
      return compileCondition(node.condition, compilation.operation, {
        whenTrue: ifClause && compileNode(ifClause, compilation),
        whenFalse: elseClause && compileNode(elseClause, compilation),
      })
    }
    case 'Defer':
      throw new UnsupportedPlanError('the plan has a @defer')
    default:
      throw new UnsupportedPlanError(`the plan has a node of kind ${(node as { kind: string }).kind}`)
  }
}

function compileSequence<Context>(steps: readonly Step<Context>[]): Step<Context> {
  return async (cursor, run) => {
    for (const step of steps) await step(cursor, run)
  }
}

function compileParallel<Context>(steps: readonly Step<Context>[]): Step<Context> {
  return async (cursor, run) => {
    await Promise.all(steps.map((step) => step(cursor, run)))
  }
}
