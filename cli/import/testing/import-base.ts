import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, systemClock } from '../../../platform/clock.ts'
import { createNewId } from '../../../platform/ids.ts'
import { silentLogger } from '../../../platform/logger.ts'
import type { TestDatabase } from '../../testing/test-database.ts'
import { runImport } from '../import.ts'
import { withLoaders } from '../loaders.ts'
import { type ImportProgress, noProgress } from '../progress.ts'
import type { ImportReport } from '../report.ts'

/** A base as a test writes it: what each file has in it. */
export type TestBase = Readonly<Record<string, string | Buffer>>

export interface ImportedBase {
  readonly report: ImportReport
  /** The rejects file without its header, a line each. */
  readonly rejects: readonly string[]
}

export async function importBase(
  database: TestDatabase,
  base: TestBase,
  options: ImportTestOptions = {},
): Promise<ImportedBase> {
  return inFolder(async (directory) => {
    for (const [file, content] of Object.entries(base)) await writeFile(join(directory, file), content)
    return importDirectory(database, directory, options)
  })
}

export interface ImportTestOptions {
  readonly batchRows?: number
  readonly clock?: Clock
  readonly progress?: ImportProgress
}

export async function importDirectory(
  { urls }: Pick<TestDatabase, 'urls'>,
  directory: string,
  { batchRows, clock = systemClock, progress = noProgress }: ImportTestOptions = {},
): Promise<ImportedBase> {
  return inFolder(async (folder) => {
    const rejectsPath = join(folder, 'rejects.csv')
    const loading = { databases: urls, clock, newId: createNewId(clock), logger: silentLogger }
    const report = await withLoaders(loading, (loaders) =>
      runImport({
        directory,
        rejectsPath,
        loaders,
        currency: 'RUB',
        progress,
        clock,
        ...(batchRows !== undefined && { batchRows }),
      }),
    )
    const [, ...rejects] = (await readFile(rejectsPath, 'utf8')).trimEnd().split('\n')
    return { report, rejects }
  })
}

export async function inFolder<Value>(use: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), 'cabinet-import-'))
  try {
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
