import { dirname, join } from 'node:path/posix'
import type { Import } from './imports-of.ts'

/** Which folder may import which, beside itself. A subgraph is a folder of its own. */
const FOLDERS: Readonly<Record<string, readonly string[]>> = {
  platform: [],
  gateway: ['platform'],
  subgraph: ['platform'],
  schema: ['platform'],
  cli: ['platform', 'gateway', 'subgraph', 'schema'],
  bench: ['platform', 'gateway', 'subgraph', 'schema', 'cli'],
}

/** What tests may import beside what their folder may: the whole product is started through cli. */
const FOLDERS_OF_TESTS: Readonly<Record<string, readonly string[]>> = {
  platform: ['schema'],
  gateway: ['schema', 'cli'],
  subgraph: ['schema', 'cli'],
  schema: ['cli'],
}

/** Inside a subgraph imports run one way; `type` marks what may be imported as a type only. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  main: ['subgraph'],
  subgraph: ['context', 'resolvers', 'actions', 'audit', 'ledger', 'store', 'generated'],
  context: ['actions', 'ledger', 'store', 'generated'],
  resolvers: ['type context', 'actions', 'type ledger', 'type store', 'generated'],
  actions: ['ledger', 'store'],
  ledger: ['store'],
  store: ['ledger'],
  bulk: ['ledger', 'store'],
  audit: ['ledger', 'store'],
  reconciliation: ['ledger', 'store'],
  migrations: [],
}

/** The parts of a subgraph that cli and bench may use. */
const DOORS = ['main', 'subgraph', 'bulk', 'audit', 'reconciliation', 'type store']

/** Packages that belong to some folders. A name that ends in a slash is a whole scope. */
interface PackageRule {
  readonly names: readonly string[]
  readonly homes: RegExp
  /** Where their types may be named, so that a handle on the database can be passed on. */
  readonly typeHomes?: RegExp
}

const PACKAGES: readonly PackageRule[] = [
  {
    names: ['kysely', 'pg', 'pg-copy-streams'],
    homes:
      /^(subgraphs\/[^/]+\/(store|ledger|migrations|bulk|audit)|platform\/(access|database|events|jobs|personal-data|policy)|cli\/import|bench)\b/,
    typeHomes: /^(cli|platform|subgraphs\/[^/]+\/(?!resolvers\b))/,
  },
  {
    names: ['graphql', '@apollo/'],
    homes: /^(gateway|platform|schema|cli|bench|subgraphs\/[^/]+\/(resolvers|context|subgraph|main))\b/,
  },
  { names: ['prom-client', '@opentelemetry/'], homes: /^(platform|gateway)\/sight\// },
  { names: ['uuid'], homes: /^platform\/ids\.ts$/ },
]

/** Why a file may not import this, in a sentence; null when it may. Paths are relative to the repository. */
export function importProblem(path: string, imported: Import): string | null {
  if (!imported.specifier.startsWith('.')) return packageProblem(path, imported)
  const target = join(dirname(path), imported.specifier)
  const from = placeOf(path)
  const to = placeOf(target)
  if (to.isTest && !from.isTest && from.folder !== null) return `${target} is for tests.`
  if (from.folder !== to.folder || from.subgraph !== to.subgraph) return folderProblem(from, to, imported)
  if (from.layer === null || to.layer === null || from.isTest) return null
  return allows(layersUnder(from.layer), to.layer, imported, from.layer)
    ? null
    : `${from.layer} may import ${[from.layer, ...layersUnder(from.layer)].join(', ')} of its subgraph.`
}

interface Place {
  /** The key in FOLDERS, or null for the root of the repository. */
  readonly folder: string | null
  readonly subgraph: string | null
  readonly layer: string | null
  readonly isTest: boolean
}

function placeOf(path: string): Place {
  const [top, second, third] = path.split('/')
  const isTest = /\.test\.ts$|(^|\/)testing(\/|\.ts$)|^bench\//.test(path)
  if (top !== 'subgraphs') return { folder: top !== path ? (top ?? null) : null, subgraph: null, layer: null, isTest }
  return { folder: 'subgraph', subgraph: second ?? null, layer: third?.replace(/\.ts$/, '') ?? null, isTest }
}

function folderProblem(from: Place, to: Place, imported: Import): string | null {
  if (from.folder === null) return null
  const folders = [...(FOLDERS[from.folder] ?? []), ...(from.isTest ? (FOLDERS_OF_TESTS[from.folder] ?? []) : [])]
  if (to.folder === null || !folders.includes(to.folder)) {
    return `${from.subgraph ?? from.folder} may import ${['itself', ...folders].join(', ')}.`
  }
  if (to.layer === null || allows(DOORS, to.layer, imported)) return null
  return `${from.folder} may import ${DOORS.join(', ')} of a subgraph.`
}

/** A layer that the table does not name (jobs, events) does what actions do. */
function layersUnder(layer: string): readonly string[] {
  return LAYERS[layer] ?? ['actions', ...(LAYERS['actions'] ?? [])]
}

function allows(layers: readonly string[], to: string, imported: Import, from?: string): boolean {
  const target = to in LAYERS || to === 'generated' ? to : 'actions'
  if (to === from || layers.includes(target)) return true
  return imported.isTypeOnly && layers.includes(`type ${target}`)
}

function packageProblem(path: string, { specifier, isTypeOnly }: Import): string | null {
  if (placeOf(path).isTest) return null
  const rule = PACKAGES.find(({ names }) => names.some((name) => isPackage(name, specifier)))
  if (rule === undefined || rule.homes.test(path)) return null
  if (isTypeOnly && rule.typeHomes?.test(path)) return null
  return `${specifier} is not for this folder${rule.typeHomes ? ', or only as a type' : ''}.`
}

function isPackage(name: string, specifier: string): boolean {
  return specifier === name || specifier.startsWith(name.endsWith('/') ? name : `${name}/`)
}
