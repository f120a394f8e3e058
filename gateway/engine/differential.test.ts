import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compileProjector } from './projection/projector.ts'
import { COMMON } from './testing/deviations.ts'
import { runDifferential } from './testing/differential.ts'
import { SUPERGRAPHS } from './testing/supergraphs.ts'

const SEED = 'cabinet'
/** `npm run test:differential` runs 10,000, with a new seed every time. */
const OPERATION_COUNT = 1_000
const SMALL_COUNT = 100
const TIMEOUT_MS = 300_000

const supergraphSdl = readFileSync(new URL('../../schema/supergraph.graphql', import.meta.url), 'utf8')

describe(`the engine beside Apollo’s executor (seed ${SEED})`, { timeout: TIMEOUT_MS }, () => {
  it('answers alike over our schema, errors included', async () => {
    const found = await runDifferential({
      supergraphSdl,
      operationCount: OPERATION_COUNT,
      seed: SEED,
      accepted: ['introspection', 'firstTrouble'],
    })
    expect(found.mismatches).toEqual([])
    expect(found.deviations.firstTrouble ?? 0).toBeLessThan(OPERATION_COUNT / 100)
  })

  for (const [name, compose] of Object.entries(SUPERGRAPHS)) {
    it(`answers alike over ${name}`, async () => {
      const hasInterfaceObjects = name === 'interface objects'
      const found = await runDifferential({
        supergraphSdl: compose(),
        operationCount: hasInterfaceObjects ? SMALL_COUNT / 2 : SMALL_COUNT,
        seed: SEED,
        ...(hasInterfaceObjects && { accepted: [...COMMON, 'interfaceName'], fieldsMax: 12 }),
      })
      expect(found.mismatches).toEqual([])
    })
  }

  it('finds a fault in the merge: objects that are replaced, not merged', async () => {
    const found = await runDifferential({
      supergraphSdl,
      operationCount: OPERATION_COUNT,
      seed: SEED,
      mismatchesMax: 1,
      parts: {
        createMerge: () => (target, source) => void Object.assign(target, source),
      },
    })
    expect(found.mismatches).toHaveLength(1)
  })

  it('finds a fault in the projector: the last key of every object left out', async () => {
    const found = await runDifferential({
      supergraphSdl,
      operationCount: OPERATION_COUNT,
      seed: SEED,
      mismatchesMax: 1,
      parts: {
        compileProjector: (context, type, selections) => compileProjector(context, type, selections.slice(0, -1)),
      },
    })
    expect(found.mismatches).toHaveLength(1)
  })
})
