import { invariant } from '../platform/invariant.ts'
import { systemRandomness } from '../platform/random.ts'
import type { GatewayContext } from './ask-subgraph.ts'
import { createDataSource } from './data-source.ts'
import type { GatewayDependencies, SubgraphAddress } from './dependencies.ts'
import { type Candidate, createEngine, type Engine } from './engine/engine.ts'
import type { Front } from './front.ts'
import { createPrepareFetch, createPrepareStream, type SubgraphLink } from './prepare-fetch.ts'
import { NOTHING_PREPARED, prepareRegistered } from './registered/prepare.ts'
import { readManifests } from './registered/read-manifests.ts'
import { createRegistry } from './registered/registry.ts'
import { createGuard } from './resilience/guard.ts'
import { RESILIENCE } from './resilience/options.ts'
import { createResponseCheck } from './response-shape/response-shape.ts'
import { giveScalars } from './scalars.ts'

/** Makes all ready for a supergraph that is about to take over; its last step is taken in the moment of doing so. */
async function makeReady(
  candidate: Candidate,
  { dependencies, supergraph, documents, operations: admission }: Front,
): Promise<() => void> {
  const { operations, logger } = dependencies
  giveScalars(candidate.apiSchema)
  const startedAt = performance.now()
  const registry = createRegistry(operations.manifests === null ? [] : await readManifests(operations.manifests))
  // Who develops would wait at every start for plans of which the next edit makes new ones.
  const { operations: ready, misfits } = operations.isOpen
    ? NOTHING_PREPARED
    : await prepareRegistered(candidate, registry, documents.rules)
  const durationMs = Math.round(performance.now() - startedAt)
  if (!operations.isOpen) logger.info({ count: ready.size, durationMs }, 'registered operations are planned')
  if (misfits.length > 0) logger.error({ misfits }, 'registered operations do not fit the supergraph')
  return () => {
    documents.useSchema(candidate.apiSchema, ready)
    admission.use(registry)
    supergraph.taken(candidate.sdl, misfits)
  }
}

/** The engine of this gateway, whose links to subgraphs are kept in `links`: a new supergraph goes on with those of the old. */
export function createCabinetEngine(
  front: Front,
  links: Map<string, SubgraphLink>,
  timeoutMs: number,
): Engine<GatewayContext> {
  const { dependencies } = front
  return createEngine<GatewayContext>({
    supergraph: front.supergraph.source,
    makeReady: (candidate) => makeReady(candidate, front),
    logger: dependencies.logger,
    prepareFor({ subgraphs, fullSchema }) {
      for (const subgraph of subgraphs) {
        if (!links.has(subgraph.name)) links.set(subgraph.name, createLink(subgraph, dependencies, timeoutMs))
      }
      return createPrepareFetch({ schema: fullSchema, links, timeoutMs })
    },
    prepareStreamFor: ({ fullSchema }) => createPrepareStream({ schema: fullSchema, links, timeoutMs }),
    dataSourcesFor:
      ({ fullSchema }) =>
      (subgraph) => {
        const link = links.get(subgraph)
        invariant(link, `there is a transport to each subgraph of the supergraph, and so to ${subgraph}`)
        return createDataSource({
          subgraph,
          ...link,
          timeoutMs,
          checkResponse: createResponseCheck(fullSchema, subgraph),
        })
      },
  })
}

function createLink(
  subgraph: SubgraphAddress,
  { transports, logger, random = systemRandomness, observer = {}, resilience }: GatewayDependencies,
  timeoutMs: number,
): SubgraphLink {
  const options = { ...RESILIENCE, ...resilience }
  const guard = createGuard({ subgraph: subgraph.name, timeoutMs, options, random, logger, observer })
  return { transport: transports(subgraph), guard }
}
