import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ExecutionResult } from 'graphql'
import { createHttpTransport } from '../transport/http.ts'
import type { Transport } from '../transport/transport.ts'

/** What a sick subgraph answers with, given what it would have answered in health. */
export type Answer = (response: ServerResponse, healthy: ExecutionResult) => void

/** Answers with status 200 and this text. */
export function text(body: string, contentType = 'application/json'): Answer {
  return (response) => response.writeHead(200, { 'content-type': contentType }).end(body)
}

export function json(body: unknown): Answer {
  return text(JSON.stringify(body))
}

/** Answers with what is left of the healthy data after a change. */
export function changed(change: (data: Json) => Json): Answer {
  return (response, { data }) => text(JSON.stringify({ data: change(JSON.parse(JSON.stringify(data))) }))(response, {})
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Changes every value of a tree, from the leaves up. */
export function everywhere(change: (value: Json, key: string) => Json): (data: Json) => Json {
  const walk = (value: Json, key: string): Json => {
    if (Array.isArray(value)) return change(value.map((item) => walk(item, key)) as Json[], key)
    if (typeof value !== 'object' || value === null) return change(value, key)
    const entries = Object.entries(value).map(([name, child]) => [name, walk(child, name)])
    return change(Object.fromEntries(entries), key)
  }
  return (data) => walk(data, 'data')
}

export interface FakeSubgraph {
  /** Sends a request to a server that answers it in a sick way. */
  send(request: Parameters<Transport['send']>[0], sickness: Sickness): Promise<ExecutionResult>
  close(): Promise<void>
}

export interface Sickness {
  readonly answer: Answer
  readonly healthy: ExecutionResult
}

/** A server on loopback that stands where a subgraph should be. */
export async function startFakeSubgraph(): Promise<FakeSubgraph> {
  const sick = new Map<string, Sickness>()
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const sickness = sick.get(String(request.headers['x-request-id']))
    request.resume().on('end', () => sickness?.answer(response, sickness.healthy))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const transport = createHttpTransport({
    url: `http://127.0.0.1:${port}/graphql`,
    signIdentity: async () => 'any.identity.will-do',
  })
  return {
    send(request, sickness) {
      sick.set(request.viewer.requestId, sickness)
      return transport.send(request)
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await transport.close()
    },
  }
}

/** A transport to a port on which nobody listens. */
export async function createStoppedTransport(): Promise<Transport> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return createHttpTransport({ url: `http://127.0.0.1:${port}/graphql`, signIdentity: async () => 'x' })
}
