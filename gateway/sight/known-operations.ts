import { readdir, readFile } from 'node:fs/promises'
import { Kind, parse } from 'graphql'

/** The operations of our own clients, a document each. */
export const OPERATIONS_FOLDER = new URL('../../schema/operations/', import.meta.url)

/** The names of operations that may be shown. Any other is its client's own words: it could hold a telephone number. */
export async function readKnownOperations(folder: URL): Promise<ReadonlySet<string>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.graphql'))
  const documents = await Promise.all(files.map((file) => readFile(new URL(file, folder), 'utf8')))
  return new Set(documents.flatMap(operationNames))
}

function operationNames(document: string): string[] {
  return parse(document).definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION && definition.name ? [definition.name.value] : [],
  )
}
