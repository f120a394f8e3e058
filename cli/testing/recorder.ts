import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { request } from 'undici'

/** Stands between two parties and keeps all that they say to one another. */
export interface Recorder {
  /** An address that leads to this one, and by the recorder. */
  through(url: string): string
  /** Every request and answer that went by, as text. */
  readonly said: readonly string[]
  close(): Promise<void>
}

export async function startRecorder(): Promise<Recorder> {
  const said: string[] = []
  const server = createServer(async (incoming, outgoing) => {
    const body = await readAll(incoming)
    const [, base = '', ...rest] = (incoming.url ?? '').split('/')
    const target = [decodeURIComponent(base), ...rest].join('/')
    const { host: _, connection: __, 'content-length': ___, ...headers } = incoming.headers
    said.push(`${incoming.method} ${target} ${JSON.stringify(headers)} ${body}`)
    const answer = await request(target, {
      method: incoming.method as 'GET' | 'POST',
      headers,
      body: body.length > 0 ? body : null,
    })
    const text = Buffer.from(await answer.body.arrayBuffer())
    said.push(`${answer.statusCode} ${text}`)
    outgoing.writeHead(answer.statusCode, { 'content-type': 'application/json' }).end(text)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    through: (target) => `${url}/${encodeURIComponent(target)}`,
    said,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function readAll(stream: AsyncIterable<unknown>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
