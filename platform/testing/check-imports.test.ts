import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkImports } from './check-imports.ts'

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cabinet-imports-'))
  await plant('gateway/plan.ts', "import '../platform/clock.ts'\nimport '../subgraphs/payments/subgraph.ts'\n")
  await plant('platform/clock.ts', 'export const clock = 1\n')
  await plant('subgraphs/payments/generated/resolvers.ts', "import '../../products/subgraph.ts'\n")
})

afterAll(() => rm(folder, { recursive: true }))

async function plant(path: string, code: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), code)
}

it('says where an import runs against the architecture, and leaves generated files alone', () => {
  expect(checkImports(folder)).toEqual([
    'gateway/plan.ts:2 imports ../subgraphs/payments/subgraph.ts: gateway may import itself, platform.',
  ])
})
