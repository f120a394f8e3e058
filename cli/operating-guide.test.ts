import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  PROCESS_VARIABLES,
  readCliEnvironment,
  readGatewayEnvironment,
  readPaymentsEnvironment,
} from '../platform/environment.ts'
import { generatePrivateKey } from '../platform/identity/keys.ts'
import { STOP_TIMEOUT_MS } from '../platform/serving/process.ts'
import { PROJECT_DIRECTORY } from './project.ts'
import { runChild } from './testing/child.ts'
import { projectFile } from './testing/compose-file.ts'

const GUIDE = projectFile('docs/operating.md')
const KINDS = Object.keys(PROCESS_VARIABLES) as (keyof typeof PROCESS_VARIABLES)[]

const ROWS = [...GUIDE.matchAll(/^\| `([A-Z_]+)` \| ([^|]+) \| (?:`([^`]*)`)? *\|/gm)].map(
  ([, variable = '', readers = '', value]) => ({
    variable,
    readers: readers === 'all' ? KINDS : readers.trim().split(', '),
    default: value ?? null,
  }),
)

describe('docs/operating.md', { timeout: 30_000 }, () => {
  it('names each variable, and the processes that read it', () => {
    const variables = new Set(Object.values(PROCESS_VARIABLES).flat())
    expect(ROWS.map(({ variable }) => variable).sort()).toEqual([...variables].sort())
    for (const { variable, readers } of ROWS) {
      expect({ variable, readers: [...readers].sort() }).toEqual({
        variable,
        readers: KINDS.filter((kind) => PROCESS_VARIABLES[kind].includes(variable)).sort(),
      })
    }
  })

  it('tells the defaults as they are', async () => {
    const keys = JSON.stringify({ keys: [await generatePrivateKey('gateway.1')] })
    const url = 'http://localhost/graphql'
    const urls = ['ACCOUNTS_URL', 'LINKED_NUMBERS_URL', 'PRODUCTS_URL', 'PAYMENTS_URL', 'ACCESS_TOKEN_JWKS_URL']
    const defaults: Record<string, unknown> = {
      ...readCliEnvironment({}),
      ...readPaymentsEnvironment({
        ...Object.fromEntries(urls.map((name) => [name, url])),
        PORT: '1',
        DATABASE_URL: 'postgres://x@y/z',
        INTERNAL_JWKS: keys,
        INTERNAL_KEYS: keys,
        PAYMENTS_SECRETS: 'x'.repeat(43),
      }),
      ...readGatewayEnvironment({ ...Object.fromEntries(urls.map((name) => [name, url])), INTERNAL_KEYS: keys }),
    }
    for (const { variable, default: told } of ROWS) {
      if (told !== null) expect({ variable, told }).toEqual({ variable, told: String(defaults[variable]) })
    }
  })

  it('names commands that there are', async () => {
    const { output } = await runChild('cli/main.ts', ['--help'], {})
    const commands = [...output.matchAll(/^ {2}([a-z]+) /gm)].map(([, command]) => command)
    expect(commands).toEqual(expect.arrayContaining(['migrate', 'import', 'audit', 'keys']))
  })

  it('tells the time that a process gives itself to end', () => {
    expect(GUIDE).toContain(`after ${STOP_TIMEOUT_MS / 1_000} seconds it gives up`)
  })

  it('quotes lines of the log that are logged', () => {
    const source = sourceFiles().map(projectFile).join('\n')
    const quoted = /Lines worth an alarm: (.*?)\.\n/s.exec(GUIDE)?.[1] ?? ''
    const lines = [...quoted.replaceAll('\n', ' ').matchAll(/`([^`]+)`/g)].map(([, line = '']) => line)
    expect(lines).toHaveLength(17)
    for (const line of lines) expect(source).toContain(`'${line}`)
  })
})

function sourceFiles(): string[] {
  return ['gateway', 'platform', 'subgraphs'].flatMap((folder) =>
    readdirSync(path.join(PROJECT_DIRECTORY, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => path.join(folder, file)),
  )
}
