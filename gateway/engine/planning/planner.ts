import { operationFromDocument, Supergraph } from '@apollo/federation-internals'
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner'
import { type DocumentNode, type FieldNode, parse, print } from 'graphql'
import type { Path } from '../value.ts'
import { createClientNames } from './client-names.ts'
import { nameRequiredFields } from './required-fields.ts'
import { putResolvableFirst } from './resolvable-first.ts'
import { restorePlan } from './restore-plan.ts'

/** Apollo's planner over a supergraph that was made ready for it. */
export interface Planner {
  plan(document: DocumentNode, operationName: string | undefined): QueryPlan
  /** The key that a field of a client's document has in the fetched data. */
  fetchedName(field: FieldNode): string
  /** A path of the fetched data by the names that the client knows. */
  clientPath(path: Path): Path
}

export function createPlanner(sdl: string): Planner {
  const requirements = nameRequiredFields(putResolvableFirst(parse(sdl)))
  const names = createClientNames(requirements.document)
  // What was changed leaves fields without use, which validation would refuse.
  const supergraph = Supergraph.build(print(requirements.document), { validateSupergraph: false })
  const apiSchema = supergraph.apiSchema()
  const planner = new QueryPlanner(supergraph)
  return {
    plan(document, operationName) {
      const named = operationName === undefined ? {} : { operationName }
      const operation = operationFromDocument(apiSchema, names.withFetchedNames(document), named)
      return restorePlan(planner.buildQueryPlan(operation), requirements)
    },
    fetchedName: names.fetchedName,
    clientPath: (path) =>
      path.map((step) => {
        if (typeof step === 'number') return step
        return requirements.fields.get(step)?.field ?? names.clientName(step)
      }),
  }
}
