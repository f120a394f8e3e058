import { createClient as createEventClient } from 'graphql-sse'
import { createClient as createSocketClient } from 'graphql-ws'
import { WebSocket } from 'ws'

/** How a subscription is opened by one of the client libraries that front ends use. */
export interface StreamClient {
  readonly name: string
  /** Opens a subscription at a gateway. Neither retries by itself: a test sees every end. */
  open(options: OpenOptions): OpenStream
}

export interface OpenOptions {
  /** The GraphQL endpoint: `http://…/graphql`. */
  readonly url: string
  readonly token: string | undefined
  /** Empty where the operation is named in another way. */
  readonly query: string
  readonly operationName?: string
  readonly variables: Record<string, unknown>
  readonly extensions?: Record<string, unknown>
}

/** A subscription as its client sees it. */
export interface OpenStream {
  // biome-ignore lint/suspicious/noExplicitAny: a test knows the shape of the answer it asked for.
  readonly answers: AsyncIterableIterator<any>
  close(): void
}

export const socketClient: StreamClient = {
  name: 'graphql-ws',
  open({ url, token, ...operation }) {
    const client = createSocketClient({
      url: url.replace(/^http/, 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      ...(token !== undefined && { connectionParams: { authorization: `Bearer ${token}` } }),
    })
    return { answers: client.iterate(operation), close: () => void client.dispose() }
  },
}

export const eventClient: StreamClient = {
  name: 'graphql-sse',
  open({ url, token, ...operation }) {
    const client = createEventClient({
      url,
      retryAttempts: 0,
      ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
    })
    return { answers: client.iterate(operation), close: () => client.dispose() }
  },
}

export const STREAM_CLIENTS: readonly StreamClient[] = [socketClient, eventClient]
