import { type DocumentNode, Kind, type OperationDefinitionNode, OperationTypeNode, parse, print } from 'graphql'
import { z } from 'zod'
import { operationId, withTypenames } from './normal-form.ts'

/** An operation that front ends send. The fields but the last are those of Apollo's manifests of persisted queries. */
export interface RegisteredOperation {
  /** The SHA-256 of `body`, in hexadecimal. */
  readonly id: string
  readonly name: string
  readonly type: OperationTypeNode
  /** The text as clients with a cache send it, with `__typename` everywhere. */
  readonly body: string
  /** The text without what such clients add, for those that send it as it was written. */
  readonly asWritten?: string | undefined
}

export interface Manifest {
  readonly format: typeof FORMAT
  readonly version: typeof VERSION
  readonly operations: readonly RegisteredOperation[]
}

const FORMAT = 'apollo-persisted-query-manifest'
const VERSION = 1

/** A manifest that cannot be used, and why. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError'
}

const manifest = z.object({
  format: z.literal(FORMAT),
  version: z.literal(VERSION),
  operations: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      type: z.enum(OperationTypeNode),
      body: z.string(),
      asWritten: z.string().optional(),
    }),
  ),
})

/** Registers the one operation of a text. */
export function registerOperation(text: string): RegisteredOperation {
  const document = parse(text)
  const operation = onlyOperation(document)
  if (!operation?.name) throw new ManifestError('A text to be registered holds one operation, with a name.')
  const body = print(withTypenames(document))
  return {
    id: operationId(body),
    name: operation.name.value,
    type: operation.operation,
    body,
    asWritten: print(document),
  }
}

/** Null for a document of several, or of none. */
function onlyOperation(document: DocumentNode): OperationDefinitionNode | null {
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
  return operations.length === 1 ? (operations[0] ?? null) : null
}

export function createManifest(operations: readonly RegisteredOperation[]): Manifest {
  return { format: FORMAT, version: VERSION, operations }
}

/** Reads a manifest, ours or one that a front end made with Apollo's tools. `source` is named where it is wrong. */
export function readManifest(text: string, source: string): Manifest {
  const read = manifest.safeParse(parseJson(text, source))
  if (!read.success) throw new ManifestError(`${source} is no manifest of operations: ${z.prettifyError(read.error)}`)
  for (const { id, name, body } of read.data.operations) {
    if (operationId(body) !== id)
      throw new ManifestError(`${source}: the id of ${name} is not the SHA-256 of its body.`)
    if (!onlyOperation(parseBody(body, source, name)))
      throw new ManifestError(`${source}: ${name} is to hold one operation.`)
  }
  return read.data
}

function parseBody(body: string, source: string, name: string): DocumentNode {
  try {
    return parse(body)
  } catch (cause) {
    throw new ManifestError(`${source}: the body of ${name} is not GraphQL.`, { cause })
  }
}

function parseJson(text: string, source: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ManifestError(`${source} is not JSON.`, { cause })
  }
}
