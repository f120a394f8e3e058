import { describe, expect, it } from 'vitest'
import { createManifest, ManifestError, readManifest, registerOperation } from './manifest.ts'
import { operationId } from './normal-form.ts'

/** As a front end’s own tools would make it. */
const manifestOf = (body: string) =>
  JSON.stringify({ ...createManifest([]), operations: [{ id: operationId(body), name: 'A', type: 'query', body }] })

describe('a manifest of operations', () => {
  it('is read as it was made', () => {
    const manifest = createManifest([registerOperation('query A { a }')])
    expect(readManifest(JSON.stringify(manifest), 'the file')).toEqual(manifest)
  })

  it.each([
    ['several operations in one text, of which nobody could say which is meant', 'query A { a } query B { b }'],
    ['a text without an operation', 'fragment A on Query { a }'],
    ['a text that is no GraphQL', 'query A {'],
  ])('is refused with %s', (_, body) => {
    expect(() => readManifest(manifestOf(body), 'the file')).toThrow(ManifestError)
  })

  it('is refused with a text of another hash', () => {
    const other = manifestOf('query A { a }').replace('{ a }', '{ b }')
    expect(() => readManifest(other, 'the file')).toThrow('is not the SHA-256')
  })
})
