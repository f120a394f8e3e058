import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createStatementWatch } from '../../cli/testing/statement-watch.ts'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { readOperations } from '../../schema/operations.ts'

const START = new Date('2026-11-22T10:00:00Z')
const HOUR_MS = 60 * 60 * 1000
const operations = readOperations()
const hoursLater = (hours: number) => new Date(START.getTime() + hours * HOUR_MS)

describe('news', () => {
  let cabinet: TestCabinet
  let now = START
  const { onStatement, watch } = createStatementWatch()

  beforeAll(async () => {
    cabinet = await openTestCabinet({ clock: { now: () => now }, onStatement })
  })
  beforeEach(async () => {
    now = START
    await cabinet.database.sql('delete from accounts.news')
  })
  afterAll(() => cabinet.close())

  const text = (en: string) => ({ ru: `${en} по-русски`, en })
  const input = (title: string, more: object = {}) => ({ title: text(title), body: text('body'), ...more })

  async function run(operation: string, variables: object) {
    const { data, errors } = await cabinet.ask(
      { query: operations[`${operation}.graphql`] ?? '', variables: { input: variables } },
      await cabinet.staffToken('supervisor'),
    )
    expect(errors).toBeUndefined()
    return Object.values(data)[0] as { __typename: string; path?: string[]; news?: { id: string } }
  }
  const publish = (title: string, more?: object) => run('publish-news', input(title, more))

  async function read(variables: object = {}, language = 'en') {
    const { data, errors } = await cabinet.ask({
      query: operations['news.graphql'] ?? '',
      variables: { ...variables },
      headers: { 'accept-language': language },
    })
    expect(errors).toBeUndefined()
    return data.news
  }
  const titles = async (region?: string) => (await read({ region })).nodes.map(({ title }: { title: string }) => title)

  it('is read by anybody in their language, newest first', async () => {
    await publish('old', { publishAt: hoursLater(-2) })
    await publish('new')
    expect(await titles()).toEqual(['new', 'old'])
    expect((await read({}, 'ru')).nodes[0]).toMatchObject({
      title: 'new по-русски',
      body: 'body по-русски',
      regions: null,
      publishedAt: START.toISOString(),
      until: null,
    })
  })

  it('is for everywhere or for some regions', async () => {
    await publish('everywhere', { publishAt: hoursLater(-3) })
    await publish('Moscow', { regions: ['Moscow', 'Tver'], publishAt: hoursLater(-2) })
    await publish('Omsk', { regions: ['Omsk'], publishAt: hoursLater(-1) })
    expect(await titles()).toEqual(['everywhere'])
    expect(await titles('Moscow')).toEqual(['Moscow', 'everywhere'])
    expect(await titles('Omsk')).toEqual(['Omsk', 'everywhere'])
    expect(await titles('Nowhere')).toEqual(['everywhere'])
  })

  it('begins and ends when it was told to, and is gone once it is withdrawn', async () => {
    const { news } = await publish('later', { publishAt: hoursLater(1), until: hoursLater(3) })
    expect(await titles()).toEqual([])
    now = hoursLater(1)
    expect(await titles()).toEqual(['later'])
    const newsId = news?.id
    expect((await run('withdraw-news', { newsId })).__typename).toBe('WithdrawNewsSuccess')
    expect(await titles()).toEqual([])
    expect((await run('withdraw-news', { newsId })).__typename).toBe('NewsNotFoundError')
    now = START
    await publish('later', { publishAt: hoursLater(1), until: hoursLater(3) })
    now = hoursLater(3)
    expect(await titles()).toEqual([])
  })

  it('keeps its pages though more comes, and though several came at one moment', async () => {
    for (const title of ['a', 'b', 'c', 'd', 'e']) await publish(title)
    const seen: string[] = []
    let cursor: string | null = null
    for (let page = 0; page < 3; page++) {
      const { nodes, pageInfo } = await read({ first: 2, after: cursor })
      seen.push(...nodes.map(({ title }: { title: string }) => title))
      expect(pageInfo.hasNextPage).toBe(page < 2)
      cursor = pageInfo.endCursor
      await publish(`later ${page}`)
    }
    expect(seen).toEqual(['e', 'd', 'c', 'b', 'a'])
  })

  it('costs one statement for those who read it at one moment', async () => {
    await publish('one')
    const { statements } = await watch(() => Promise.all([read(), read({ region: 'Moscow' }), read({ first: 1 })]))
    expect(statements.filter(({ sql }) => /from news/.test(sql))).toHaveLength(1)
  })

  it.each<[string, object, string[]]>([
    ['without a title', { title: { ru: ' ', en: 'x' } }, ['title', 'ru']],
    ['with a title that is too long', { title: { ru: 'x', en: 'x'.repeat(201) } }, ['title', 'en']],
    ['without a text', { body: { ru: 'x', en: '' } }, ['body', 'en']],
    ['with a text that is too long', { body: { ru: 'x'.repeat(10_001), en: 'x' } }, ['body', 'ru']],
    ['with a character that cannot be kept', { body: { ru: 'x\0', en: 'x' } }, ['body', 'ru']],
    ['for no region', { regions: [] }, ['regions']],
    ['for a region without a name', { regions: [''] }, ['regions']],
    ['for too many regions', { regions: Array.from({ length: 101 }, (_, index) => `${index}`) }, ['regions']],
    ['that ends before it begins', { publishAt: hoursLater(2), until: hoursLater(1) }, ['until']],
    ['that has ended', { publishAt: hoursLater(-2), until: hoursLater(-1) }, ['until']],
  ])('is not published %s', async (_, more, path) => {
    expect(await publish('x', more)).toMatchObject({ __typename: 'InvalidNewsError', path })
    expect(await cabinet.database.sql('select from accounts.news')).toEqual([])
  })

  it.each(['x', 'bm9uZQ', 'MjAyNi0xMS0yMlQxMDowMDowMC4wMDBaIHg'])('has no page after %s', async (cursor) => {
    const { errors } = await cabinet.ask({ query: operations['news.graphql'] ?? '', variables: { after: cursor } })
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT'])
  })
})
