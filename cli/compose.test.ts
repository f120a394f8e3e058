import { existsSync } from 'node:fs'
import path from 'node:path'
import type { JSONWebKeySet } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { passwordVariable, subgraphLogins } from '../platform/database/subgraph-logins.ts'
import {
  PROCESS_VARIABLES,
  readAccountsEnvironment,
  readCliEnvironment,
  readGatewayEnvironment,
  readLinkedNumbersEnvironment,
  readPaymentsEnvironment,
  readProductsEnvironment,
} from '../platform/environment.ts'
import { silentLogger } from '../platform/logger.ts'
import { createHttpServer } from '../platform/serving/http-server.ts'
import { STOP_TIMEOUT_MS } from '../platform/serving/process.ts'
import { roleName, SUBGRAPH_NAMES, type SubgraphName } from '../platform/subgraph/name.ts'
import { PROJECT_DIRECTORY } from './project.ts'
import { runChild } from './testing/child.ts'
import {
  interpolateAll,
  interpolations,
  projectFile,
  readEnvironmentFile,
  readServices,
  type Service,
} from './testing/compose-file.ts'

const TEXT = projectFile('docker-compose.yml')
const DOCKERFILE = projectFile('Dockerfile')
const RAW = readServices(TEXT)
const GATEWAYS = ['gateway-1', 'gateway-2']
const COMMANDS = ['migrate', 'import']
/** What the operator looks with, where that is asked for. */
const TOOLS = ['prometheus', 'grafana', 'jaeger']

/** Public, and of operators who have such an element: another asks for none. */
const OPTIONAL_KEYS = ['NETWORK_ELEMENT_JWKS']
/** What is neither a password nor a key, and yet only the operator knows. */
const OPERATORS_OWN: Record<string, string> = {
  SMSC_URL: 'smpps://cabinet:secret@smsc.example:3550',
  SMS_SENDER: 'Cabinet',
}

/** What each service reads; all others are servers of other people. */
const KINDS: Record<string, keyof typeof PROCESS_VARIABLES> = {
  ...Object.fromEntries(SUBGRAPH_NAMES.map((name) => [name, name])),
  ...Object.fromEntries(GATEWAYS.map((name) => [name, 'gateway'])),
  ...Object.fromEntries(COMMANDS.map((name) => [name, 'commands'])),
}
const READERS = {
  gateway: readGatewayEnvironment,
  accounts: readAccountsEnvironment,
  'linked-numbers': readLinkedNumbersEnvironment,
  products: readProductsEnvironment,
  payments: readPaymentsEnvironment,
  commands: readCliEnvironment,
}

describe('docker-compose.yml', { timeout: 30_000 }, () => {
  let variables: Record<string, string>
  let services: Readonly<Record<string, Service>>

  beforeAll(async () => {
    const { output } = await runChild('cli/main.ts', ['keys'], {})
    const keys = Object.fromEntries([...output.matchAll(/^(\w+)='(.*)'$/gm)].map(([, name, value]) => [name, value]))
    const asked = readEnvironmentFile(projectFile('.env.example')).filter(({ isComment }) => !isComment)
    variables = Object.fromEntries(
      asked.map(({ name }) => [name, keys[name] ?? OPERATORS_OWN[name] ?? `password-of-${name}`]),
    )
    services = interpolateAll(RAW, variables)
  })

  const urlsOf = ({ environment = {} }: Service) =>
    Object.entries(environment).flatMap(([name, value]) =>
      /_URL$/.test(name) && !(name in OPERATORS_OWN) && value !== '' ? [{ name, url: new URL(value) }] : [],
    )
  const environmentOf = (service: string) => ({ ...imageVariables(), ...services[service]?.environment })

  it('holds the database, four subgraphs, two gateways behind a balancer, two commands, and what to look with', () => {
    expect(Object.keys(RAW).sort()).toEqual(['balancer', 'postgres', ...TOOLS, ...Object.keys(KINDS)].sort())
    expect(RAW['postgres']?.image).toMatch(/^postgres:18/)
  })

  it.each(Object.entries(KINDS))('gives %s what it reads, and nothing that it does not', (name, kind) => {
    const environment = environmentOf(name)
    for (const variable of Object.keys(environment)) expect(PROCESS_VARIABLES[kind]).toContain(variable)
    expect(() => READERS[kind](environment)).not.toThrow()
    expect(environment['NODE_ENV']).toBe('production')
    expect(environment['HOST']).toBe('0.0.0.0')
  })

  it('gives the commands the passwords of all login roles, which are those that the subgraphs use', () => {
    for (const command of COMMANDS) {
      const environment = environmentOf(command)
      const logins = subgraphLogins(environment['DATABASE_URL'] ?? '', environment)
      for (const name of SUBGRAPH_NAMES) {
        expect(services[name]?.environment?.['DATABASE_URL']).toBe(logins[name].url.replace(/^postgresql/, 'postgres'))
        expect(RAW[command]?.environment?.[passwordVariable(name)]).toContain(`\${${passwordVariable(name)}:?`)
      }
    }
  })

  it('leads each subgraph to its own role in the database that is made, and the commands to its owner', () => {
    const made = services['postgres']?.environment ?? {}
    for (const name of [...SUBGRAPH_NAMES, ...COMMANDS]) {
      const url = new URL(services[name]?.environment?.['DATABASE_URL'] ?? '')
      const isCommand = COMMANDS.includes(name)
      expect(url.username).toBe(isCommand ? made['POSTGRES_USER'] : roleName(name as SubgraphName))
      expect(url.host).toBe('postgres:5432')
      expect(url.pathname).toBe(`/${made['POSTGRES_DB']}`)
      if (isCommand) expect(url.password).toBe(made['POSTGRES_PASSWORD'])
    }
  })

  it.each([...GATEWAYS, ...SUBGRAPH_NAMES])('lets %s call others where they listen, over a network of both', (name) => {
    for (const { name: variable, url } of urlsOf(services[name] as Service)) {
      if (variable === 'DATABASE_URL') continue
      const isKeys = variable === 'ACCESS_TOKEN_JWKS_URL'
      expect(url.port).toBe(services[url.hostname]?.environment?.['PORT'])
      expect(url.pathname).toBe(isKeys ? '/.well-known/jwks.json' : '/graphql')
      const named = `${url.hostname.toUpperCase().replaceAll('-', '_')}_URL`
      expect(named).toBe(isKeys ? 'ACCOUNTS_URL' : variable)
      const shared = services[url.hostname]?.networks.filter((network) => services[name]?.networks.includes(network))
      expect(shared).toContain('inside')
    }
  })

  it('gives each private key to its owner only, and to all the public ones', () => {
    const holders = (variable: string) =>
      Object.keys(RAW).filter((name) => JSON.stringify(RAW[name]?.environment ?? {}).includes(`\${${variable}:?`))
    expect(holders('ACCESS_TOKEN_KEYS')).toEqual(['accounts'])
    expect(holders('ACCOUNTS_SECRETS')).toEqual(['accounts'])
    expect(holders('PAYMENTS_SECRETS')).toEqual(['payments'])
    expect(holders('ACCOUNTS_INTERNAL_KEYS')).toEqual(['accounts'])
    expect(holders('GATEWAY_INTERNAL_KEYS')).toEqual(GATEWAYS)
    expect(holders('LINKED_NUMBERS_INTERNAL_KEYS')).toEqual(['linked-numbers'])
    expect(holders('PAYMENTS_INTERNAL_KEYS')).toEqual(['payments'])
    expect(holders('INTERNAL_JWKS').sort()).toEqual([...SUBGRAPH_NAMES].sort())
    const shown = (JSON.parse(variables['INTERNAL_JWKS'] ?? '') as JSONWebKeySet).keys
    expect(shown.every((key) => !('d' in key))).toBe(true)
    for (const owner of ['GATEWAY', 'ACCOUNTS', 'LINKED_NUMBERS', 'PAYMENTS'].map((name) => `${name}_INTERNAL_KEYS`)) {
      const [key] = (JSON.parse(variables[owner] ?? '') as JSONWebKeySet).keys
      expect(shown.map(({ kid }) => kid)).toContain(key?.kid)
    }
  })

  it('holds no secret: each comes from outside', () => {
    const values = Object.values(RAW).flatMap(({ environment = {} }) => Object.entries(environment))
    const isSecret = (name: string) => /PASSWORD|KEYS|SECRETS|JWKS$/.test(name) && !OPTIONAL_KEYS.includes(name)
    for (const [, value] of values.filter(([name]) => isSecret(name))) {
      expect(value).toMatch(/^\$\{\w+:\?[^}]+\}$/)
    }
    for (const [, value] of values.filter(([name]) => name === 'DATABASE_URL')) {
      expect(value).toMatch(/^postgres:\/\/\w+:\$\{\w+:\?[^}]+\}@/)
    }
    expect(DOCKERFILE).not.toMatch(/PASSWORD|KEYS|JWKS|SECRET|TOKEN/i)
  })

  it('gives a default to all that is no secret and not the operator’s own, and to nothing else', () => {
    for (const { name, default: value, isRequired } of interpolations(TEXT)) {
      const isAsked =
        (/PASSWORD|KEYS|SECRETS|JWKS/.test(name) && !OPTIONAL_KEYS.includes(name)) || name in OPERATORS_OWN
      expect({ name, isRequired, hasDefault: value !== null }).toEqual({
        name,
        isRequired: isAsked,
        hasDefault: !isAsked,
      })
    }
  })

  it('stops, naming it, when a secret is missing', () => {
    for (const name of Object.keys(variables)) {
      expect(() => interpolateAll(RAW, { ...variables, [name]: '' })).toThrow(`required variable ${name} is missing`)
    }
  })

  it('asks for just what .env.example names, whose values do not work', () => {
    const named = readEnvironmentFile(projectFile('.env.example'))
    const asked = new Map(interpolations(TEXT).map((one) => [one.name, one]))
    expect(named.map(({ name }) => name).sort()).toEqual([...asked.keys()].sort())
    for (const { name, value, isComment } of named) {
      expect(value).toBe(asked.get(name)?.default ?? '')
      expect(isComment).toBe(!asked.get(name)?.isRequired)
    }
  })

  it('runs files and commands that exist', async () => {
    const { output: help } = await runChild('cli/main.ts', ['--help'], {})
    for (const name of Object.keys(KINDS)) {
      const [file = '', subcommand] = services[name]?.command ?? []
      expect(existsSync(path.join(PROJECT_DIRECTORY, file))).toBe(true)
      if (COMMANDS.includes(name)) expect(help).toMatch(new RegExp(`^ {2}${subcommand} `, 'm'))
      else expect(file).toBe(name.startsWith('gateway') ? 'gateway/main.ts' : `subgraphs/${name}/main.ts`)
    }
  })

  it('starts what needs the tables after they are made, and gateways though a subgraph is sick', () => {
    for (const name of SUBGRAPH_NAMES) {
      expect(services[name]?.depends_on).toEqual({
        postgres: { condition: 'service_healthy' },
        migrate: { condition: 'service_completed_successfully' },
      })
    }
    expect(services['migrate']?.depends_on).toEqual({ postgres: { condition: 'service_healthy' } })
    expect(services['import']?.depends_on).toEqual({ migrate: { condition: 'service_completed_successfully' } })
    for (const name of GATEWAYS) expect(services[name]?.depends_on).toEqual(SUBGRAPH_NAMES)
    expect(services['import']?.profiles).toEqual(['import'])
  })

  it('runs each process with little power, again when it dies, and with time to finish', () => {
    for (const [name, service] of Object.entries(services)) {
      const isCommand = COMMANDS.includes(name)
      expect(service.restart).toBe(isCommand ? 'no' : 'unless-stopped')
      if (name === 'postgres') continue
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] })
      if (!(name in KINDS)) continue
      expect(service.init).toBe(true)
      expect(Number.parseInt(service.stop_grace_period ?? '', 10) * 1_000).toBeGreaterThan(STOP_TIMEOUT_MS)
    }
  })

  it('shows nothing to the outside but the balancer', () => {
    const isOfThisMachineAlone = (port: string) => port.startsWith('127.0.0.1:')
    const shown = Object.keys(services).filter((name) => !(services[name]?.ports ?? []).every(isOfThisMachineAlone))
    expect(shown).toEqual(['balancer'])
    expect(services['balancer']?.networks).toEqual(['front'])
    for (const name of ['postgres', ...SUBGRAPH_NAMES, ...COMMANDS]) {
      expect(services[name]?.networks).toEqual(
        ['accounts', 'payments'].includes(name) ? ['inside', 'outside'] : ['inside'],
      )
    }
    // Accounts calls providers of identities and the message centre; nobody calls accounts from there.
    expect(Object.keys(services).filter((name) => services[name]?.networks.includes('outside'))).toEqual([
      'accounts',
      'payments',
    ])
  })

  it('balances over the gateways where they listen, and sees in time that one drains', () => {
    const balancer = projectFile('deploy/haproxy.cfg')
    const servers = [...balancer.matchAll(/^ {2}server \S+ (\S+)$/gm)].map(([, address]) => address)
    expect(servers).toEqual(GATEWAYS.map((name) => `${name}:${services[name]?.environment?.['PORT']}`))
    const port = /^ {2}bind :(\d+)$/m.exec(balancer)?.[1]
    expect(services['balancer']?.ports).toEqual([`8080:${port}`])
    const intervalSeconds = Number(/check inter (\d+)s fall 1\b/.exec(balancer)?.[1])
    const { DRAIN_DELAY_MS } = readGatewayEnvironment(environmentOf('gateway-1'))
    expect(intervalSeconds * 1_000).toBeLessThan(DRAIN_DELAY_MS)
  })

  it.each([
    ['the image', () => /127\.0\.0\.1:\$\{process\.env\.PORT\}([\w/]+)/.exec(DOCKERFILE)?.[1]],
    ['the balancer', () => /send meth GET uri (\S+)/.exec(projectFile('deploy/haproxy.cfg'))?.[1]],
  ])('asks for health where processes tell of it: %s', async (_, find) => {
    const http = createHttpServer({ logger: silentLogger, newId: () => 'id' })
    expect((await http.inject({ url: find() ?? '' })).statusCode).toBe(200)
    await http.close()
  })
})

/** What the image sets for every process. */
function imageVariables(): Record<string, string> {
  const line = /^ENV (.*)$/m.exec(DOCKERFILE)?.[1] ?? ''
  return Object.fromEntries(line.split(' ').map((pair) => pair.split('=') as [string, string]))
}
