import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'
import { ManifestError, type RegisteredOperation, readManifest } from '../../platform/operations/manifest.ts'

/**
 * Reads every manifest of a folder: that of today and those that front ends in the field were built with. One that
 * cannot be read spoils all, so that nobody's operations are missing in silence.
 */
export async function readManifests(folder: string): Promise<RegisteredOperation[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort()
  if (files.length === 0) throw new ManifestError(`${folder} holds no manifest of operations.`)
  const manifests = await Promise.all(
    files.map(async (file) => readManifest(await readFile(path.join(folder, file), 'utf8'), file)),
  )
  // The same operation is in many releases.
  const byId = new Map(manifests.flatMap(({ operations }) => operations.map((operation) => [operation.id, operation])))
  return [...byId.values()]
}
