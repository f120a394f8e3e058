import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Loaders } from '../import/loaders.ts'
import { type DemoOptions, loadDemo } from './demo.ts'

export interface DemoAtStartOptions extends DemoOptions {
  readonly stateDirectory: string
  /** Which database it is: a state directory may have served another before. */
  readonly databaseLabel: string
}

/**
 * True for an empty database and after a load that was stopped half-way. Whatever else a database holds is left as it
 * is: what a developer changed in the demo is not changed back.
 */
export async function isDemoWanted(
  loaders: Loaders,
  { stateDirectory, databaseLabel }: Pick<DemoAtStartOptions, 'stateDirectory' | 'databaseLabel'>,
): Promise<boolean> {
  const unfinished = await readFile(markerPath(stateDirectory), 'utf8').catch(() => null)
  return unfinished === databaseLabel || (await loaders.products.findOfferings()).size === 0
}

/** Loads the demo; when this is stopped half-way, the next start goes on with it. */
export async function loadDemoAtStart(options: DemoAtStartOptions): Promise<void> {
  const marker = markerPath(options.stateDirectory)
  await mkdir(options.stateDirectory, { recursive: true })
  await writeFile(marker, options.databaseLabel)
  await loadDemo(options)
  await rm(marker, { force: true })
}

/** There while a load is under way, and after one that did not come to its end. */
function markerPath(stateDirectory: string): string {
  return path.join(stateDirectory, 'demo-unfinished')
}
