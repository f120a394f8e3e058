import { parseSync } from 'vite'

/** One import, or an export from elsewhere, as it stands in a file. */
export interface Import {
  readonly specifier: string
  readonly isTypeOnly: boolean
  readonly line: number
}

/** Everything a module names as another module: static, dynamic, re-exported, or as `import('…').Type`. */
export function importsOf(path: string, code: string): Import[] {
  const { program, errors } = parseSync(path, code)
  if (errors[0]) throw new Error(`${path} does not parse: ${errors[0].message}`)
  return importNodes(program).map((node) => ({
    specifier: node.source.value,
    isTypeOnly: node.type === 'TSImportType' || node.importKind === 'type' || node.exportKind === 'type',
    line: code.slice(0, node.start).split('\n').length,
  }))
}

interface ImportNode {
  readonly type: string
  readonly start: number
  readonly source: { readonly value: string }
  readonly importKind?: string
  readonly exportKind?: string
}

const IMPORT_TYPES = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
])

function importNodes(tree: unknown): ImportNode[] {
  if (Array.isArray(tree)) return tree.flatMap(importNodes)
  if (typeof tree !== 'object' || tree === null) return []
  const inside = Object.values(tree).flatMap(importNodes)
  return isImportNode(tree) ? [tree, ...inside] : inside
}

function isImportNode(node: object): node is ImportNode {
  const { type, source } = node as { type?: string; source?: { value?: unknown } | null }
  return IMPORT_TYPES.has(type ?? '') && typeof source?.value === 'string'
}
