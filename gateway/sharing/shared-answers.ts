import type { GatewayExecutor, GatewayGraphQLRequestContext, GatewayInterface } from '@apollo/server-gateway-interface'
import { OperationTypeNode } from 'graphql'
import type { Viewer } from '../../platform/identity/viewer.ts'
import type { GatewayContext } from '../ask-subgraph.ts'

type Answer = Awaited<ReturnType<GatewayExecutor>>

/** An answer that is on its way, and when it was asked for. */
interface Pending {
  readonly answer: Promise<Answer>
  readonly askedAtMs: number
}

export interface SharingOptions {
  /** Milliseconds of a clock that only goes forward. */
  readonly now: () => number
  readonly onShared: () => void
}

/**
 * A page that is drawn twice asks twice in one moment. Only then may the second have the first one's answer: what came
 * later may already know of a change that the first does not show, made by way of another gateway.
 */
export const SHARED_WITHIN_MS = 20

/**
 * Gives equal queries of one customer, that come while the first is on its way, one answer. Each gets an object of its
 * own. What staff see is written down each time, and what nobody signed in for is cheap: neither is shared.
 */
export function withSharedAnswers<Gateway extends GatewayInterface>(
  gateway: Gateway,
  options: SharingOptions,
): Gateway {
  return {
    ...gateway,
    async load(loadOptions) {
      const loaded = await gateway.load(loadOptions)
      return { ...loaded, executor: loaded.executor && shareAnswers(loaded.executor, options) }
    },
  }
}

function shareAnswers(execute: GatewayExecutor, { now, onShared }: SharingOptions): GatewayExecutor {
  /** Of each session, by the operation: what is shared is never another's. */
  const sessions = new Map<string, Map<string, Pending>>()

  function remember(session: string, key: string, pending: Pending): void {
    const own = sessions.get(session) ?? new Map<string, Pending>()
    sessions.set(session, own.set(key, pending))
    const forget = () => {
      if (own.get(key) === pending) own.delete(key)
      if (own.size === 0 && sessions.get(session) === own) sessions.delete(session)
    }
    pending.answer.then(forget, forget)
  }

  return async (request) => {
    const { viewer } = request.context as unknown as GatewayContext
    const session = sessionOf(viewer)
    if (session === null) return execute(request)
    if (request.operation?.operation !== OperationTypeNode.QUERY) {
      // Whoever asks after a change sees it: what was asked before and during it is not shared any more.
      try {
        sessions.delete(session)
        return await execute(request)
      } finally {
        sessions.delete(session)
      }
    }
    const key = keyOf(request, viewer)
    const known = sessions.get(session)?.get(key)
    if (known && now() - known.askedAtMs <= SHARED_WITHIN_MS) {
      onShared()
      return copyOf(await known.answer)
    }
    const answer = Promise.resolve(execute(request))
    remember(session, key, { answer, askedAtMs: now() })
    return answer
  }
}

/** Whose answers may be shared, with themselves; null where each reading counts. */
function sessionOf({ principal, client }: Viewer): string | null {
  return principal.kind === 'account' && client.network === null
    ? `${principal.sessionId} ${principal.accountId}`
    : null
}

function keyOf({ request, queryHash }: GatewayGraphQLRequestContext, { language, client, principal }: Viewer): string {
  const role = principal.kind === 'account' ? principal.organizationRole : null
  return `${queryHash} ${request.operationName ?? ''} ${language} ${role} ${client.address} ${client.device} ${
    client.reason
  } ${JSON.stringify(request.variables ?? null)}`
}

/** Errors are never changed; data are merged and shaped by whoever has them. */
function copyOf(answer: Answer): Answer {
  return { ...answer, ...(answer.data && { data: structuredClone(answer.data) }) }
}
