import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../../platform/clock.ts'
import type { CurrencyCode } from '../../platform/money.ts'
import type { KnownOffering } from '../../subgraphs/products/bulk.ts'
import { CATALOGUE_FILE, type Catalogue, conflictRejects, readCatalogue } from './catalogue/read-catalogue.ts'
import { accessFile } from './files/access.ts'
import { customersFile } from './files/customers.ts'
import { linesFile } from './files/lines.ts'
import { membersFile } from './files/members.ts'
import { productsFile } from './files/products.ts'
import { topUpsFile } from './files/top-ups.ts'
import { usageFile } from './files/usage.ts'
import { ImportFailure } from './import-failure.ts'
import { importFile } from './import-file.ts'
import type { Loaders } from './loaders.ts'
import type { ImportProgress } from './progress.ts'
import { openRejectsFile, type RejectsFile } from './reject.ts'
import { emptySums, type FileReport, type ImportReport, type ImportSums } from './report.ts'

export interface ImportOptions {
  readonly directory: string
  /** Where rejected rows are named; a file that is there is replaced. */
  readonly rejectsPath: string
  readonly loaders: Loaders
  /** The operator's: a catalogue in another is refused. */
  readonly currency: CurrencyCode
  readonly progress: ImportProgress
  readonly clock: Clock
  /** Rows that are loaded in one transaction of each subgraph. */
  readonly batchRows?: number
}

const BATCH_ROWS = 5_000

/** The files of a base, each after those that its rows refer to. */
export const BASE_FILES = [
  CATALOGUE_FILE,
  'customers.csv',
  'members.csv',
  'lines.csv',
  'access.csv',
  'products.csv',
  'topups.csv',
  'usage.csv',
] as const
type BaseFile = (typeof BASE_FILES)[number]

/**
 * Takes in a base: every valid row, once, however often this is run and wherever an earlier run was stopped. Throws
 * `ImportFailure` when the base as a whole cannot be read, and what the database threw when it went away; both leave
 * what was loaded, and the next run goes on from there.
 */
export async function runImport(options: ImportOptions): Promise<ImportReport> {
  const startedAt = options.clock.now()
  const sizes = await findFiles(options.directory)
  const hasCatalogue = sizes.has(CATALOGUE_FILE)
  const catalogue = hasCatalogue ? await readCatalogue(join(options.directory, CATALOGUE_FILE), options.currency) : null
  const rejects = await openRejectsFile(options.rejectsPath)
  const sums = emptySums()
  options.progress.start([...sizes.values()].reduce((sum, size) => sum + size, 0))
  try {
    const files = catalogue ? [await importCatalogue(options, catalogue, rejects)] : []
    if (catalogue) options.progress.advance(CATALOGUE_FILE, catalogue.readCount, sizes.get(CATALOGUE_FILE) ?? 0)
    files.push(...(await importFiles(options, { sizes, sums, rejects })))
    return {
      files,
      sums,
      rejectsPath: options.rejectsPath,
      rejectedCount: rejects.count,
      durationMs: options.clock.now().getTime() - startedAt.getTime(),
    }
  } finally {
    options.progress.stop()
    await rejects.close()
  }
}

/** The sizes of the base's files in bytes, those that are there. */
async function findFiles(directory: string): Promise<Map<BaseFile, number>> {
  const isDirectory = await stat(directory).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
  if (!isDirectory) throw new ImportFailure(`There is no folder ${directory}.`)
  const sizes = new Map<BaseFile, number>()
  for (const file of BASE_FILES) {
    const entry = await stat(join(directory, file)).catch(() => null)
    if (entry?.isFile()) sizes.set(file, entry.size)
  }
  if (sizes.size === 0) {
    throw new ImportFailure(`${directory} has none of the files of a base: ${BASE_FILES.join(', ')}.`)
  }
  return sizes
}

async function importCatalogue(
  { loaders }: ImportOptions,
  catalogue: Catalogue,
  rejects: RejectsFile,
): Promise<FileReport> {
  const { offerings, readCount } = catalogue
  const { added, conflicts } = await loaders.products.loadCatalogue(offerings)
  const rejected = [...catalogue.rejects, ...conflictRejects(catalogue, conflicts)]
  await rejects.write(rejected.sort((a, b) => a.line - b.line))
  return {
    file: CATALOGUE_FILE,
    readCount,
    addedCount: added,
    presentCount: readCount - rejected.length - added,
    rejectedCount: rejected.length,
    skipped: null,
    ignoredColumns: [],
  }
}

interface Run {
  readonly sizes: ReadonlyMap<BaseFile, number>
  readonly sums: ImportSums
  readonly rejects: RejectsFile
}

async function importFiles(options: ImportOptions, { sizes, sums, rejects }: Run): Promise<FileReport[]> {
  const { loaders, progress } = options
  const offerings = await loaders.products.findOfferings()
  if (sizes.has('lines.csv')) requireTariffs(options.directory, offerings)
  const reports: FileReport[] = []
  for (const description of describeFiles(loaders, offerings, sums)) {
    const { file } = description
    if (!sizes.has(file as BaseFile)) continue
    const report = await description.run({
      path: join(options.directory, file),
      rejects,
      batchRows: options.batchRows ?? BATCH_ROWS,
      onRead: (rows, bytes) => progress.advance(file, rows, bytes),
    })
    reports.push(report)
  }
  return reports
}

function requireTariffs(directory: string, offerings: ReadonlyMap<string, KnownOffering>): void {
  if ([...offerings.values()].some(({ kind }) => kind === 'TARIFF')) return
  throw new ImportFailure(
    `${directory} has lines.csv, and no tariff is known yet: put the catalogue beside it, as ${CATALOGUE_FILE}.`,
  )
}

type RunFile = (options: Parameters<typeof importFile>[1]) => Promise<FileReport>

/** In the order of `BASE_FILES`; each as a function, so that files with rows of different kinds fit in one list. */
function describeFiles(
  loaders: Loaders,
  offerings: ReadonlyMap<string, KnownOffering>,
  sums: ImportSums,
): { readonly file: string; readonly run: RunFile }[] {
  const customers = customersFile(loaders, sums)
  const members = membersFile(loaders)
  const lines = linesFile(loaders, offerings, sums)
  const access = accessFile(loaders)
  const products = productsFile(loaders, offerings, sums)
  const topUps = topUpsFile(loaders, sums)
  const usage = usageFile(loaders, sums)
  return [
    { file: customers.file, run: (options) => importFile(customers, options) },
    { file: members.file, run: (options) => importFile(members, options) },
    { file: lines.file, run: (options) => importFile(lines, options) },
    { file: access.file, run: (options) => importFile(access, options) },
    { file: products.file, run: (options) => importFile(products, options) },
    { file: topUps.file, run: (options) => importFile(topUps, options) },
    { file: usage.file, run: (options) => importFile(usage, options) },
  ]
}
