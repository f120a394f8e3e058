import { readdirSync, readFileSync } from 'node:fs'

const FOLDER = new URL('operations/', import.meta.url)

/** The operations that front ends send, by the name of their file. */
export function readOperations(): Record<string, string> {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.graphql'))
  return Object.fromEntries(files.sort().map((file) => [file, readFileSync(new URL(file, FOLDER), 'utf8')]))
}
