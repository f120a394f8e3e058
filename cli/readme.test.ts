import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { ERROR_CODES } from '../platform/errors.ts'
import { createNewId } from '../platform/ids.ts'
import { silentLogger } from '../platform/logger.ts'
import { loadDemo } from './demo/demo.ts'
import { DEMO_PHONE } from './demo/demo-base.ts'
import { withLoaders } from './import/loaders.ts'
import { PROJECT_DIRECTORY } from './project.ts'
import { findAccount } from './sign-in.ts'
import { openTestCabinet } from './testing/test-cabinet.ts'

const README = readFileSync(path.join(PROJECT_DIRECTORY, 'README.md'), 'utf8')
const HOME = readFileSync(path.join(PROJECT_DIRECTORY, 'schema/operations/home.graphql'), 'utf8')
const NOW = new Date('2026-11-22T10:00:00Z')

interface Named {
  readonly name: string
}

/** The first code block of a language. */
function block(language: string): string {
  return new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(README)?.[1] ?? ''
}

/** Ids are made anew in every database, and decide the order of what began on the same day; a cursor holds one. */
function withoutIds(value: unknown): unknown {
  const text = JSON.stringify(value).replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<id>')
  return JSON.parse(text.replace(/"endCursor":"[^"]+"/, '"endCursor":"<cursor>"'))
}

describe('the README', () => {
  it('shows the home query as it is', () => {
    expect(block('graphql')).toBe(HOME)
  })

  it('shows the answer that the demo gives', async () => {
    const clock = { now: () => NOW }
    const cabinet = await openTestCabinet({ clock })
    const newId = createNewId(clock)
    await withLoaders({ databases: cabinet.database.urls, clock, newId, logger: silentLogger }, (loaders) =>
      loadDemo({ loaders, currency: 'RUB', clock }),
    )
    const account = await findAccount({ subgraphs: cabinet.subgraphs, newId }, DEMO_PHONE)
    const operation = { query: HOME, headers: { 'accept-language': 'en' } }
    const { data } = await cabinet.ask(operation, await cabinet.accountToken(account ?? ''))
    await cabinet.close()
    const { lines, ...viewer } = data.viewer
    const nodes = lines.nodes.filter((node: { msisdn: string }) => node.msisdn === DEMO_PHONE)
    const given = { data: { viewer: { ...viewer, lines: { ...lines, nodes } } } }
    const shown: typeof given = JSON.parse(block('json'))
    for (const { data: answer } of [given, shown]) {
      answer.viewer.lines.nodes[0].activeOptions.sort((a: Named, b: Named) => a.name.localeCompare(b.name))
    }
    expect(withoutIds(shown)).toEqual(withoutIds(given))
  })

  it('explains every code of an error', () => {
    expect(ERROR_CODES.filter((code) => !README.includes(`| \`${code}\` |`))).toEqual([])
  })

  it('names every command', () => {
    const sources = globSync('cli/commands/*.ts', { cwd: PROJECT_DIRECTORY }).map((file) =>
      readFileSync(path.join(PROJECT_DIRECTORY, file), 'utf8'),
    )
    const commands = sources.map((source) => /new Command\('([\w-]+)'\)/.exec(source)?.[1])
    expect(commands.filter((command) => !README.includes(`npm run cabinet -- ${command}`))).toEqual([])
  })
})
