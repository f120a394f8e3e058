import type { ApolloServerPlugin } from '@apollo/server'
import type { DocumentNode } from 'graphql'
import type { GatewayContext } from '../ask-subgraph.ts'

/** Whoever develops sends it, with any value, and gets the plan and the timings in the answer's extensions. */
export const EXPLAIN_HEADER = 'x-explain'

/** A fetch on its way, in milliseconds since the request came. */
export interface FetchTiming {
  readonly subgraph: string
  readonly startMs: number
  readonly tookMs: number
}

/** Takes down when each fetch of one request was sent, and how long it took. */
export interface Timeline {
  readonly fetches: readonly FetchTiming[]
  elapsedMs(): number
  /** Begins a fetch; the answer ends it. */
  begin(subgraph: string): () => void
}

export function createTimeline(): Timeline {
  const startedAt = performance.now()
  const fetches: FetchTiming[] = []
  const elapsedMs = () => rounded(performance.now() - startedAt)
  return {
    fetches,
    elapsedMs,
    begin(subgraph) {
      const startMs = elapsedMs()
      return () => void fetches.push({ subgraph, startMs, tookMs: rounded(elapsedMs() - startMs) })
    },
  }
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10
}

/** Puts the plan and the timings beside the answer of a request that asked for them. */
export function explanationPlugin(
  describePlan: (document: DocumentNode, operationName: string | undefined) => string,
): ApolloServerPlugin<GatewayContext> {
  return {
    async requestDidStart({ contextValue: { timeline } }) {
      if (!timeline) return
      return {
        async willSendResponse({ document, operation, operationName, response: { body } }) {
          if (body.kind !== 'single' || !document || !operation) return
          const explanation = {
            plan: describePlan(document, operationName ?? undefined),
            tookMs: timeline.elapsedMs(),
            fetches: timeline.fetches,
          }
          body.singleResult.extensions = { ...body.singleResult.extensions, explanation }
        },
      }
    },
  }
}
