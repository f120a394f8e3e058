import { REASON, type TestCabinet } from './test-cabinet.ts'

/** What a client of server-sent events is told: answers, and whether the stream was completed. */
export interface EventStream {
  readonly status: number
  /** The body of a request that was refused. */
  readonly refusal: string
  /** The next answer as it came; null when the stream is complete or has broken off. */
  next(): Promise<string | null>
  /** Whether the server has said that this is all. */
  readonly isComplete: boolean
  close(): void
}

/** Sends a subscription to a cabinet of the test's process, without a network between. */
export async function openEventStream(
  cabinet: TestCabinet,
  payload: { readonly query: string; readonly variables?: object },
  token: string | undefined,
): Promise<EventStream> {
  const response = await cabinet.gateway.http.inject({
    method: 'POST',
    url: '/graphql',
    headers: {
      accept: 'text/event-stream',
      ...REASON,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    payload,
    payloadAsStream: true,
  })
  const body = response.stream()
  const events = readEvents(body)
  let isComplete = false
  const isStream = String(response.headers['content-type']).startsWith('text/event-stream')
  return {
    status: response.statusCode,
    refusal: isStream ? '' : String((await body.toArray()).join('')),
    async next() {
      const { value } = await events.next()
      if (value?.event === 'complete') isComplete = true
      return value?.event === 'next' ? value.data : null
    },
    get isComplete() {
      return isComplete
    },
    close: () => void body.destroy(),
  }
}

/** The first answer to a subscription, or the body of its refusal: as text, to be compared byte for byte. */
export async function askFirst(
  cabinet: TestCabinet,
  payload: { readonly query: string; readonly variables?: object },
  token: string | undefined,
): Promise<string> {
  const stream = await openEventStream(cabinet, payload, token)
  try {
    return stream.refusal || ((await stream.next()) ?? '')
  } finally {
    stream.close()
  }
}

async function* readEvents(body: AsyncIterable<Buffer>): AsyncGenerator<{ event: string; data: string }> {
  let text = ''
  for await (const chunk of body) {
    const blocks = `${text}${chunk}`.split('\n\n')
    text = blocks.pop() ?? ''
    for (const block of blocks) {
      const [, event, data = ''] = /^event: (\w+)\ndata: ?(.*)$/.exec(block) ?? []
      if (event !== undefined) yield { event, data }
    }
  }
}
