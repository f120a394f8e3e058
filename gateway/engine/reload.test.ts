import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type DocumentNode, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { silentLogger } from '../../platform/logger.ts'
import { type Candidate, createEngine } from './engine.ts'
import { composeSubgraphs } from './testing/supergraphs.ts'

/** `answer` of a supergraph that can be told from the others by a description. */
const sdlOf = (version: number) =>
  composeSubgraphs({ things: `type Query { "Version ${version}." answer(to: Int!): Int }` })
const QUERY = 'query ($to: Int!) { answer(to: $to) }'

/** An engine whose supergraph is replaced by hand. */
async function start(onCandidate: (candidate: Candidate) => void = () => undefined) {
  let take: (sdl: string) => Promise<void> = () => Promise.reject(new Error('not open'))
  const prepared: string[] = []
  const engine = createEngine<object>({
    supergraph: {
      async open(given) {
        take = given
        return { sdl: sdlOf(0), close: async () => undefined }
      },
    },
    logger: silentLogger,
    async makeReady(candidate) {
      onCandidate(candidate)
      return () => undefined
    },
    prepareFor: ({ fullSchema }) => {
      const version = String(fullSchema.getQueryType()?.getFields()['answer']?.description)
      return ({ query }) => {
        prepared.push(query)
        return async () => ({ data: { answer: Number(/\d+/.exec(version)) } })
      }
    },
    prepareStreamFor: () => () => () => Promise.reject(new Error('there are no streams here')),
    dataSourcesFor: () => () => ({ process: () => Promise.reject(new Error('there is no fallback here')) }),
  })
  engine.onSchemaLoadOrUpdate?.(() => undefined)
  const { executor } = await engine.load({ apollo: {} })
  const run = async (document: DocumentNode) => {
    const request = { request: { variables: { to: 1 } }, queryHash: QUERY, document, context: {} }
    return executor?.(request as never)
  }
  return { take: (sdl: string) => take(sdl), run, prepared }
}

describe('an engine whose supergraph is replaced', () => {
  it('has what was compiled beforehand ready: nothing of it is done again when it is asked for', async () => {
    const document = parse(QUERY)
    const { run, prepared } = await start((candidate) => candidate.compile(document))
    expect(prepared).toHaveLength(1)
    expect(await run(document)).toEqual({ data: { answer: 0 } })
    expect(prepared).toHaveLength(1)
    // Another document of the same text is compiled when it comes.
    expect(await run(parse(QUERY))).toEqual({ data: { answer: 0 } })
    expect(prepared).toHaveLength(2)
  })

  it('ends what began on the old one on the old one', async () => {
    const documents = [parse(QUERY), parse(QUERY)]
    const waiting = [...documents]
    const { take, run } = await start((candidate) => candidate.compile(waiting.shift() as DocumentNode))
    await take(sdlOf(1))
    const answers = await Promise.all(documents.map(run))
    expect(answers).toEqual([{ data: { answer: 0 } }, { data: { answer: 1 } }])
  })

  it('serves the old one until all is ready for the new one, and if that fails', async () => {
    const broken = new Error('not ready')
    let version = 0
    const { take, run } = await start(() => {
      if (version++ === 1) throw broken
    })
    await expect(take(sdlOf(1))).rejects.toBe(broken)
    await expect(take('type Query {')).rejects.toThrow()
    expect(await run(parse(QUERY))).toEqual({ data: { answer: 0 } })
    await take(sdlOf(2))
    expect(await run(parse(QUERY))).toEqual({ data: { answer: 2 } })
  })

  it('keeps nothing of those that were replaced', async () => {
    setFlagsFromString('--expose-gc')
    const collectGarbage = runInNewContext('gc') as () => void
    const schemas: WeakRef<object>[] = []
    const { take, run } = await start((candidate) => {
      schemas.push(new WeakRef(candidate.apiSchema))
      candidate.compile(parse(QUERY))
    })
    for (let version = 1; version <= 20; version++) {
      await take(sdlOf(version))
      await run(parse(QUERY))
    }
    // A weak reference lives to the end of the turn in which it was made.
    await new Promise((resolve) => setImmediate(resolve))
    collectGarbage()
    expect(schemas).toHaveLength(21)
    expect(schemas.filter((schema) => schema.deref()).length).toBeLessThanOrEqual(2)
  })
})
