import { once } from 'node:events'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { getOperationAST, OperationTypeNode, parse } from 'graphql'
import { createManifest, type RegisteredOperation } from '../../platform/operations/manifest.ts'
import { operationId } from '../../platform/operations/normal-form.ts'
import {
  mapSubgraphs,
  roleName,
  SUBGRAPH_NAMES,
  type SubgraphName,
  variablePrefix,
} from '../../platform/subgraph/name.ts'
import { MANIFESTS_PATH } from '../project.ts'
import { type Child, runChild, startChild } from './child.ts'
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts'
import type { TestDatabase } from './test-database.ts'

/** The product as it runs for real: a gateway and four subgraphs, each a process, and a way to the database. */
export interface Installation {
  readonly gatewayUrl: string
  readonly urls: Readonly<Record<SubgraphName, string>>
  readonly children: Readonly<Record<SubgraphName | 'gateway', Child>>
  /** The variables that `cabinet keys` printed. */
  readonly keys: Readonly<Record<string, string>>
  readonly databaseProxy: TcpProxy
  /** Starts one more gateway. */
  addGateway(): Promise<ExtraGateway>
  /** Starts a process again, where it listened before. */
  restart(name: SubgraphName | 'gateway'): Promise<void>
  close(): Promise<void>
}

export interface ExtraGateway {
  readonly url: string
  readonly child: Child
}

export interface InstallationOptions {
  readonly database: TestDatabase
  readonly variables?: Readonly<Record<string, string>>
  /** Gives what the gateway alone reads, by the addresses of the subgraphs: tests put trouble between them. */
  readonly gatewayVariables?: (
    urls: Readonly<Record<SubgraphName, string>>,
  ) => Promise<Readonly<Record<string, string>>>
  /** What the test sends beside the operations of `schema/operations/`: in production nothing else is run. */
  readonly operations?: readonly string[]
}

export async function startInstallation(options: InstallationOptions): Promise<Installation> {
  const { database, variables, gatewayVariables, operations = [] } = options
  const keys = await makeKeys()
  const manifests = await registerForTest(operations)
  const databaseProxy = await startTcpProxy(socketOf(database.adminUrl))
  const common = { NODE_ENV: 'production', PORT: '0', ...variables }
  const environments: Partial<Record<SubgraphName | 'gateway', Record<string, string>>> = {}
  const children: Partial<Record<SubgraphName | 'gateway', Child>> = {}
  const extras: Child[] = []
  const urls: Partial<Record<SubgraphName | 'gateway', string>> = {}

  async function start(name: SubgraphName | 'gateway', environment: Record<string, string>): Promise<string> {
    const child = startChild(name === 'gateway' ? 'gateway/main.ts' : `subgraphs/${name}/main.ts`, environment)
    children[name] = child
    const url = await child.untilListening()
    urls[name] = url
    environments[name] = { ...environment, PORT: new URL(url).port }
    return url
  }

  const startSubgraph = (name: SubgraphName, more: Record<string, string>) =>
    start(name, {
      ...common,
      DATABASE_URL: proxied(database.adminUrl, roleName(name), databaseProxy.port),
      INTERNAL_JWKS: keys['INTERNAL_JWKS'] ?? '',
      ...more,
    })

  // Some ask one another, so all addresses are known before the first starts.
  const ports = await freePorts(SUBGRAPH_NAMES.length)
  const origins = Object.fromEntries(SUBGRAPH_NAMES.map((name, index) => [name, `http://127.0.0.1:${ports[index]}`]))
  const addresses = Object.fromEntries(
    SUBGRAPH_NAMES.map((name) => [`${variablePrefix(name)}_URL`, `${origins[name]}/graphql`]),
  )
  const secrets: Readonly<Record<SubgraphName, Record<string, string>>> = {
    accounts: {
      ...pick(keys, {
        ACCESS_TOKEN_KEYS: 'ACCESS_TOKEN_KEYS',
        ACCOUNTS_SECRETS: 'ACCOUNTS_SECRETS',
        INTERNAL_KEYS: 'ACCOUNTS_INTERNAL_KEYS',
      }),
      // Nobody listens there, unless a test says who does: messages stay queued.
      SMSC_URL: variables?.['SMSC_URL'] ?? 'smpp://cabinet:secret@127.0.0.1:9',
      SMS_SENDER: 'Cabinet',
    },
    'linked-numbers': pick(keys, { INTERNAL_KEYS: 'LINKED_NUMBERS_INTERNAL_KEYS' }),
    products: {},
    payments: pick(keys, { INTERNAL_KEYS: 'PAYMENTS_INTERNAL_KEYS', PAYMENTS_SECRETS: 'PAYMENTS_SECRETS' }),
  }
  await Promise.all(
    SUBGRAPH_NAMES.map((name, index) =>
      startSubgraph(name, { ...addresses, ...secrets[name], PORT: String(ports[index]) }),
    ),
  )
  await start('gateway', {
    ...common,
    ...addresses,
    ...pick(keys, { INTERNAL_KEYS: 'GATEWAY_INTERNAL_KEYS' }),
    OPERATION_MANIFESTS: manifests,
    ACCESS_TOKEN_JWKS_URL: `${origins['accounts']}/.well-known/jwks.json`,
    ...(await gatewayVariables?.(mapSubgraphs((name) => `${origins[name]}/graphql`))),
  })

  return {
    get gatewayUrl() {
      return urls.gateway ?? ''
    },
    urls: urls as Record<SubgraphName, string>,
    children: children as Record<SubgraphName | 'gateway', Child>,
    keys,
    databaseProxy,
    async addGateway() {
      const child = startChild('gateway/main.ts', { ...environments.gateway, PORT: '0' })
      extras.push(child)
      return { url: await child.untilListening(), child }
    },
    async restart(name) {
      await start(name, environments[name] ?? {})
    },
    async close() {
      const running = [...Object.values(children), ...extras]
      for (const child of running) child.signal('SIGKILL')
      await Promise.all(running.map(({ exited }) => exited))
      await databaseProxy.close()
      await rm(manifests, { recursive: true })
    },
  }
}

/** A folder with the manifests of the project and one of the test's own. */
async function registerForTest(texts: readonly string[]): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cabinet-manifests-'))
  await cp(MANIFESTS_PATH, folder, { recursive: true })
  const operations = texts.map((body): RegisteredOperation => {
    const type = getOperationAST(parse(body))?.operation ?? OperationTypeNode.QUERY
    return { id: operationId(body), name: 'of a test', type, body }
  })
  await writeFile(path.join(folder, 'test.json'), JSON.stringify(createManifest(operations)))
  return folder
}

/** Some of the keys, by the names that a process knows them by. */
function pick(keys: Readonly<Record<string, string>>, names: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(names).map(([name, key]) => [name, keys[key] ?? '']))
}

/** Ports that nobody listens on. All are held until the last is found, so that none is given twice. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => promisify(server.close.bind(server))()))
  return ports
}

/** Keys as an operator makes them. */
export async function makeKeys(): Promise<Record<string, string>> {
  const { output } = await runChild('cli/main.ts', ['keys'], {})
  return Object.fromEntries([...output.matchAll(/^(\w+)='(.*)'$/gm)].map(([, name, value]) => [name, value]))
}

function socketOf(url: string): { path: string } {
  const { searchParams } = new URL(url)
  return { path: `${searchParams.get('host')}/.s.PGSQL.${searchParams.get('port')}` }
}

function proxied(url: string, role: string, port: number): string {
  return `postgresql://${role}@127.0.0.1:${port}${new URL(url).pathname}`
}
