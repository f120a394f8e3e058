import { setTimeout as sleep } from 'node:timers/promises'
import type { JSONWebKeySet } from 'jose'
import { Pool } from 'undici'
import { type Child, startChild } from '../../../../cli/testing/child.ts'
import { freePorts, makeKeys } from '../../../../cli/testing/installation.ts'
import { systemClock } from '../../../../platform/clock.ts'
import { signInternalToken } from '../../../../platform/identity/internal-token.ts'
import { type SigningKey, signingKey } from '../../../../platform/identity/keys.ts'
import { type Client, type Principal, UNKNOWN_CLIENT } from '../../../../platform/identity/viewer.ts'
import { type Neighbours, startNeighbours } from './neighbours.ts'

/** Payments as they are deployed: `main.ts` in a process of its own, behind its own HTTP door. */
export interface PaymentsServer {
  readonly url: string
  readonly neighbours: Neighbours
  /** Connections to it: as many clients at once as a torture has. */
  readonly http: Pool
  /**
   * What is under the only root field of the answer to a mutation, asked as the gateway or another subgraph does.
   * Rejects when no answer comes, with `CutError`, or one with errors.
   */
  ask(by: Principal, mutation: string, variables: object): Promise<Answer>
  /** As by `kill -9`, at this moment; started again, it serves where it did when this resolves. */
  killAndRestart(): Promise<void>
  close(): Promise<void>
}

export interface Answer {
  readonly __typename: string
  readonly [field: string]: unknown
}

/** Whether what was asked was done, nobody heard: the connection ended, or the door said to try again. */
export class CutError extends Error {
  override readonly name = 'CutError'
}

export interface PaymentsServerOptions {
  /** As payments' own role reaches the database. */
  readonly databaseUrl: string
  readonly variables?: Readonly<Record<string, string>>
}

/** The subgraph in whose name lines are charged; any may be that sells something. */
export const SELLER = 'linked-numbers'

const PATIENCE_MS = 30_000
const REQUEST_TIMEOUT_MS = 30_000
const CONNECTIONS_MAX = 256

export async function startPaymentsServer(options: PaymentsServerOptions): Promise<PaymentsServer> {
  const [neighbours, keys, [port = 0]] = await Promise.all([startNeighbours(), makeKeys(), freePorts(1)])
  const url = `http://127.0.0.1:${port}`
  const environment = environmentOf({ ...options, keys, port, url, neighbours })
  const sign = await createSigner(keys)
  const http = new Pool(url, { connections: CONNECTIONS_MAX, headersTimeout: REQUEST_TIMEOUT_MS })
  let child = await start(environment, url)
  return {
    url,
    neighbours,
    http,
    ask: async (by, mutation, variables) => ask(http, await sign(by), { query: mutation, variables }),
    async killAndRestart() {
      await kill(child)
      child = await start(environment, url)
    },
    async close() {
      await kill(child)
      await http.destroy()
      await neighbours.close()
    },
  }
}

interface EnvironmentParts extends PaymentsServerOptions {
  readonly keys: Readonly<Record<string, string>>
  readonly port: number
  readonly url: string
  readonly neighbours: Neighbours
}

function environmentOf({ databaseUrl, variables, keys, port, url, neighbours }: EnvironmentParts) {
  return {
    NODE_ENV: 'test',
    LOG_LEVEL: 'warn',
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    INTERNAL_JWKS: keys['INTERNAL_JWKS'] ?? '',
    INTERNAL_KEYS: keys['PAYMENTS_INTERNAL_KEYS'] ?? '',
    PAYMENTS_SECRETS: keys['PAYMENTS_SECRETS'] ?? '',
    ACCOUNTS_URL: neighbours.url,
    LINKED_NUMBERS_URL: neighbours.url,
    PRODUCTS_URL: neighbours.url,
    PAYMENTS_URL: `${url}/graphql`,
    ...variables,
  }
}

async function start(environment: Readonly<Record<string, string>>, url: string): Promise<Child> {
  const child = startChild('subgraphs/payments/main.ts', environment)
  let isOver = false
  void child.exited.then(() => {
    isOver = true
  })
  for (const endsAt = performance.now() + PATIENCE_MS; ; await sleep(10)) {
    if (isOver || performance.now() > endsAt) throw new Error(`payments do not serve: ${child.errorOutput()}`)
    const answer = await fetch(`${url}/health/ready`).catch(() => null)
    await answer?.body?.cancel()
    if (answer?.ok) return child
  }
}

async function kill(child: Child): Promise<void> {
  child.signal('SIGKILL')
  await child.exited
}

/** Tokens live for half a minute, and signing one for each request would be dearer than the request. */
const TOKEN_REUSE_MS = 10_000
/** Staff say why they act. */
const CLIENT: Client = { ...UNKNOWN_CLIENT, reason: 'torture' }

/** People come by the gateway, the seller in its own name. */
async function createSigner(keys: Readonly<Record<string, string>>): Promise<(by: Principal) => Promise<string>> {
  const keyOf = (name: string) => signingKey(JSON.parse(keys[name] ?? '') as JSONWebKeySet)
  const [gateway, seller] = await Promise.all([keyOf('GATEWAY_INTERNAL_KEYS'), keyOf('LINKED_NUMBERS_INTERNAL_KEYS')])
  const known = new Map<string, { readonly token: Promise<string>; readonly until: number }>()
  const sign = (principal: Principal): Promise<string> => {
    const [issuer, key]: [string, SigningKey] = principal.kind === 'service' ? [SELLER, seller] : ['gateway', gateway]
    return signInternalToken({ issuer, principal, language: 'en', client: CLIENT }, 'payments', key, systemClock)
  }
  return (principal) => {
    const name = JSON.stringify(principal)
    const found = known.get(name)
    if (found && found.until > performance.now()) return found.token
    const token = sign(principal)
    known.set(name, { token, until: performance.now() + TOKEN_REUSE_MS })
    return token
  }
}

async function ask(http: Pool, token: string, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
  const request = { method: 'POST', path: '/graphql', headers, body: JSON.stringify(body) } as const
  const { data, errors } = (await http
    .request(request)
    .then((answer) => answer.body.json())
    .catch((error: unknown) => {
      throw new CutError(String(error))
    })) as { data?: Readonly<Record<string, Answer>>; errors?: readonly { extensions?: { code?: string } }[] }
  if (errors?.[0]?.extensions?.code === 'SUBGRAPH_UNAVAILABLE') throw new CutError('payments say to try again')
  const [answer] = Object.values(data ?? {})
  if (errors || !answer) throw new Error(`payments answered ${JSON.stringify(errors)}`)
  return answer
}
