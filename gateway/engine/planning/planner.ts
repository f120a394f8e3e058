import { operationFromDocument, Supergraph } from '@apollo/federation-internals'
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner'
import { type DocumentNode, parse, print } from 'graphql'
import type { Path } from '../value.ts'
import { nameRequiredFields } from './required-fields.ts'
import { putResolvableFirst } from './resolvable-first.ts'
import { restorePlan } from './restore-plan.ts'

/** Apollo's planner over a supergraph that was made ready for it. */
export interface Planner {
  plan(document: DocumentNode, operationName: string | undefined): QueryPlan
  /** A path of the fetched data by the names that the client knows. */
  clientPath(path: Path): Path
}

export function createPlanner(sdl: string): Planner {
  const requirements = nameRequiredFields(putResolvableFirst(parse(sdl)))
  // What was changed leaves fields without use, which validation would refuse.
  const supergraph = Supergraph.build(print(requirements.document), { validateSupergraph: false })
  const apiSchema = supergraph.apiSchema()
  const planner = new QueryPlanner(supergraph)
  return {
    plan(document, operationName) {
      const named = operationName === undefined ? {} : { operationName }
      return restorePlan(planner.buildQueryPlan(operationFromDocument(apiSchema, document, named)), requirements)
    },
    clientPath(path) {
      const isOurs = (step: string | number) => requirements.fields.has(String(step))
      return path.some(isOurs) ? path.map((step) => requirements.fields.get(String(step))?.field ?? step) : path
    },
  }
}
