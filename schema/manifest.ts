import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createManifest, type Manifest, readManifest, registerOperation } from '../platform/operations/manifest.ts'
import { operationId } from '../platform/operations/normal-form.ts'
import { readOperations } from './operations.ts'

/** What gateways run, a manifest each: that of today, and those that front ends were given. */
export const MANIFESTS_URL = new URL('manifests/', import.meta.url)
const CURRENT_URL = new URL('current.json', MANIFESTS_URL)

/** The manifest of the operations in `schema/operations/`. */
export function currentManifest(): Manifest {
  return createManifest(Object.values(readOperations()).map(registerOperation))
}

/** The operations of the manifests that front ends were given, by a name that says which. */
export function releasedOperations(): Record<string, string> {
  const files = readdirSync(MANIFESTS_URL).filter((file) => /^\d.*\.json$/.test(file))
  const entries = files.flatMap((file) =>
    readManifest(readFileSync(new URL(file, MANIFESTS_URL), 'utf8'), file).operations.map(({ name, id, body }) => {
      return [`${name} of ${file}, ${id.slice(0, 8)}`, body] as const
    }),
  )
  return Object.fromEntries(entries)
}

/** Keeps the manifest of today for good: front ends that were built with it go on sending what it holds. */
export function releaseManifest(now: Date): string {
  const text = printManifest(currentManifest())
  const url = new URL(`${now.toISOString().slice(0, 10)}-${operationId(text).slice(0, 8)}.json`, MANIFESTS_URL)
  writeFileSync(url, text)
  return fileURLToPath(url)
}

function printManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`
}

function main(args: readonly string[]): number {
  const text = printManifest(currentManifest())
  if (args.includes('--check')) {
    if (readCurrent() === text) return 0
    console.error('schema/manifests/current.json is not what schema/operations/ makes. Run: npm run manifest')
    return 1
  }
  mkdirSync(MANIFESTS_URL, { recursive: true })
  writeFileSync(CURRENT_URL, text)
  console.info(`Wrote ${fileURLToPath(CURRENT_URL)}`)
  return 0
}

function readCurrent(): string | null {
  try {
    return readFileSync(CURRENT_URL, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2))
