import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

/** One violation a file: its path, what it holds, and the rule that refuses it. */
const PLANTED = [
  ['subgraphs/payments/environment.ts', 'export const port = process.env["PORT"]', 'noProcessEnv'],
  ['subgraphs/payments/print.ts', "console.log('paid')", 'noConsole'],
  ['subgraphs/payments/now.ts', 'export const now = new Date()', 'plugin'],
  ['subgraphs/payments/now-ms.ts', 'export const now = Date.now()', 'plugin'],
  ['subgraphs/payments/chance.ts', 'export const chance = Math.random()', 'plugin'],
  ['subgraphs/payments/uuid.ts', 'export const id = crypto.randomUUID()', 'plugin'],
  [
    'subgraphs/payments/node-uuid.ts',
    "import { randomUUID } from 'node:crypto'\nexport const id = randomUUID()",
    'noRestrictedImports',
  ],
  ['subgraphs/payments/any.ts', 'export const row: any = 1', 'noExplicitAny'],
  ['subgraphs/payments/sure.ts', 'export const first = (rows: string[]) => rows[0]!', 'noNonNullAssertion'],
  ['subgraphs/payments/default.ts', 'export default 1', 'noDefaultExport'],
  ['subgraphs/payments/topUp.ts', 'export const amount = 1', 'useFilenamingConvention'],
  ['subgraphs/payments/path.ts', "export * as path from 'path'", 'useNodejsImportProtocol'],
  ['subgraphs/payments/undeclared.ts', "export { x } from 'left-pad'", 'noUndeclaredDependencies'],
  ['subgraphs/payments/dev.ts', "export { it } from 'vitest'", 'noUndeclaredDependencies'],
  ['subgraphs/payments/a.ts', "import { b } from './b.ts'\nexport const a = () => b()", 'noImportCycles'],
  ['subgraphs/payments/b.ts', "import { a } from './a.ts'\nexport const b = (): unknown => a()", 'noImportCycles'],
  [
    'subgraphs/payments/floating.ts',
    'async function pay(): Promise<void> {}\nexport function payLater(): void {\n  pay()\n}',
    'noFloatingPromises',
  ],
  [
    'subgraphs/payments/maze.ts',
    `export function maze(n: number): number {
      if (n > 1) { if (n > 2) { if (n > 3) { if (n > 4) { if (n > 5) { if (n > 6) { return 1 } } } } } }
      return 0
    }`,
    'noExcessiveCognitiveComplexity',
  ],
] as const

/** The same in the places that are there for it. */
const ALLOWED = [
  ['platform/environment.ts', 'export const port = process.env["PORT"]'],
  ['platform/clock.ts', 'export const now = new Date()'],
  ['platform/ids.ts', 'export const id = crypto.randomUUID()'],
  ['cli/print.ts', "console.log('paid')"],
  ['subgraphs/payments/known-moment.ts', 'export const epoch = new Date(0)'],
  ['subgraphs/payments/dev.test.ts', "export { it } from 'vitest'"],
] as const

let folder: string
let rulesByPath: Map<string, string[]>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cabinet-lint-'))
  for (const file of ['biome.json', 'package.json', 'platform/testing/time-and-chance.grit']) {
    await cp(join(ROOT, file), join(folder, file), { recursive: true })
  }
  for (const [path, code] of [...PLANTED, ...ALLOWED]) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), code)
  }
  rulesByPath = groupByPath(await lint(folder))
})

afterAll(() => rm(folder, { recursive: true }))

it.each(PLANTED)('in %s refuses %s by %s', (path, _, rule) => {
  expect(rulesByPath.get(path)?.map((category) => category.split('/').at(-1))).toContain(rule)
})

it.each(ALLOWED)('in %s takes %s', (path) => {
  expect(rulesByPath.get(path) ?? []).toEqual([])
})

interface Diagnostic {
  readonly category: string
  readonly location: { readonly path: string }
}

function lint(cwd: string): Promise<Diagnostic[]> {
  const biome = join(ROOT, 'node_modules/.bin/biome')
  const options = ['lint', '--vcs-enabled=false', '--max-diagnostics=none', '--reporter=json', '.']
  return new Promise((resolve, reject) => {
    execFile(biome, options, { cwd }, (_, stdout, stderr) => {
      try {
        resolve((JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics)
      } catch (error) {
        reject(new Error(stderr, { cause: error }))
      }
    })
  })
}

function groupByPath(diagnostics: readonly Diagnostic[]): Map<string, string[]> {
  const groups = Map.groupBy(diagnostics, ({ location }) => location.path)
  return new Map([...groups].map(([path, found]) => [path, found.map(({ category }) => category)]))
}
