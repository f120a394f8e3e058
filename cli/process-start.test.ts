import { describe, expect, it } from 'vitest'
import { PROCESS_VARIABLES, readCliEnvironment } from '../platform/environment.ts'
import { generatePrivateKey, publicKeys } from '../platform/identity/keys.ts'
import { SUBGRAPH_NAMES } from '../platform/subgraph/name.ts'
import { runChild } from './testing/child.ts'

/** What each process cannot start without. */
const REQUIRED = {
  gateway: [
    'ACCOUNTS_URL',
    'LINKED_NUMBERS_URL',
    'PRODUCTS_URL',
    'PAYMENTS_URL',
    'ACCESS_TOKEN_JWKS_URL',
    'INTERNAL_KEYS',
  ],
  accounts: [
    'PORT',
    'DATABASE_URL',
    'INTERNAL_JWKS',
    'ACCESS_TOKEN_KEYS',
    'ACCOUNTS_SECRETS',
    'SMSC_URL',
    'SMS_SENDER',
    'INTERNAL_KEYS',
    'LINKED_NUMBERS_URL',
    'PRODUCTS_URL',
    'PAYMENTS_URL',
  ],
  'linked-numbers': [
    'PORT',
    'DATABASE_URL',
    'INTERNAL_JWKS',
    'INTERNAL_KEYS',
    'ACCOUNTS_URL',
    'PRODUCTS_URL',
    'PAYMENTS_URL',
  ],
  products: ['PORT', 'DATABASE_URL', 'INTERNAL_JWKS'],
  payments: [
    'PORT',
    'DATABASE_URL',
    'INTERNAL_JWKS',
    'INTERNAL_KEYS',
    'ACCOUNTS_URL',
    'LINKED_NUMBERS_URL',
    'PRODUCTS_URL',
    'PAYMENTS_URL',
    'PAYMENTS_SECRETS',
  ],
}
const PROCESSES = ['gateway', ...SUBGRAPH_NAMES] as const
const scriptOf = (name: string) => (name === 'gateway' ? 'gateway/main.ts' : `subgraphs/${name}/main.ts`)

describe('a process in production', { timeout: 30_000 }, () => {
  it.each(PROCESSES)('does not start without its variables, and names all that are missing: %s', async (name) => {
    const { exitCode, output, errorOutput } = await runChild(scriptOf(name), [], { NODE_ENV: 'production' })
    expect(exitCode).toBe(1)
    expect(output).toBe('')
    const named = [...errorOutput.matchAll(/^ {2}([A-Z_]+): /gm)].map(([, variable]) => variable)
    expect(named.sort()).toEqual([...REQUIRED[name]].sort())
    // Nothing but what is to be done: no stack, no line of code.
    expect(errorOutput).toMatch(/^The environment is not complete\. .*\n( {2}[A-Z_]+: .*\n)+$/)
    expect(PROCESS_VARIABLES[name]).toEqual(expect.arrayContaining(REQUIRED[name]))
  })

  it('does not start with keys that were made for development', async () => {
    const keys = { keys: [await generatePrivateKey('development.gateway.1')] }
    const url = 'http://127.0.0.1:1/graphql'
    const urls = { ACCOUNTS_URL: url, LINKED_NUMBERS_URL: url, PRODUCTS_URL: url, PAYMENTS_URL: url }
    const gateway = { ...urls, ACCESS_TOKEN_JWKS_URL: url, INTERNAL_KEYS: JSON.stringify(keys) }
    const products = {
      PORT: '0',
      DATABASE_URL: 'postgres://x@127.0.0.1/x',
      INTERNAL_JWKS: JSON.stringify(publicKeys(keys)),
    }
    for (const [name, variables] of Object.entries({ gateway, products })) {
      const { exitCode, errorOutput } = await runChild(scriptOf(name), [], { NODE_ENV: 'production', ...variables })
      expect(exitCode).toBe(1)
      expect(errorOutput).toMatch(/^INTERNAL_\w+ holds a development key\. .*\n$/)
      expect(errorOutput).not.toContain(String(keys.keys[0]?.d))
    }
  })

  it('does not send text messages to a stand-in', () => {
    const variables = { NODE_ENV: 'production', SMSC_URL: 'smpp://development:hunter2@127.0.0.1:2775' }
    expect(() => readCliEnvironment(variables)).toThrow(/^SMSC_URL leads to the stand-in(?!.*hunter2)/)
  })

  it('does not show the value of a secret that it cannot read', async () => {
    const { exitCode, errorOutput } = await runChild('subgraphs/payments/main.ts', [], {
      NODE_ENV: 'production',
      PORT: 'many',
      DATABASE_URL: 'mysql://user:hunter2@db/x',
      INTERNAL_JWKS: 'hunter2',
    })
    expect(exitCode).toBe(1)
    expect(errorOutput).toMatch(/PORT:.*\n.*DATABASE_URL:.*\n.*INTERNAL_JWKS: is not a JSON Web Key Set/)
    expect(errorOutput).not.toContain('hunter2')
  })

  it.each(['token', 'start', 'migrate'])('refuses the command `%s` without what makes it safe', async (command) => {
    const { exitCode, output, errorOutput } = await runChild('cli/main.ts', [command], {
      NODE_ENV: 'production',
      DATABASE_URL: 'postgres://admin:hunter2@127.0.0.1:1/cabinet',
    })
    expect(exitCode).toBe(1)
    expect(output).toBe('')
    expect(errorOutput).toMatch(command === 'token' ? /for development/ : /Set ACCOUNTS_DATABASE_PASSWORD/)
    expect(errorOutput).not.toContain('hunter2')
  })
})
