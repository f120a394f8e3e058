import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openTestCabinet, type TestCabinet } from '../../cli/testing/test-cabinet.ts'
import { createReader, type Reader } from '../../platform/database/reader.ts'
import { LANGUAGES, type Language } from '../../platform/languages.ts'
import { silentLogger } from '../../platform/logger.ts'
import { createPolicies } from '../../platform/policy/policies.ts'
import { findAnswer } from './actions/consultant/find-answer.ts'
import { accountsPolicies } from './store/policies.ts'
import { FIRST, OFF_TOPIC, type QuestionSet } from './testing/help-questions.ts'
import { LAST, LATER } from './testing/later-help-questions.ts'

const SEARCH =
  'query ($search: String, $first: Int) { helpArticles(search: $search, first: $first) { slug language title } }'
const SETS: readonly (readonly [string, QuestionSet])[] = [
  ['before there were articles', FIRST],
  ['before the way of ranking was chosen', LATER],
  ['after everything was chosen', LAST],
]
const RIGHT_MIN = 34

describe('the search of help articles', () => {
  let cabinet: TestCabinet
  let reader: Reader

  beforeAll(async () => {
    cabinet = await openTestCabinet()
    reader = createReader({ url: cabinet.database.urls.accounts, logger: silentLogger })
  })
  afterAll(async () => {
    await reader.close()
    await cabinet.close()
  })

  async function search(text: string | null, language: Language = 'en', first = 1) {
    const headers = { 'accept-language': language }
    const answer = await cabinet.ask({ query: SEARCH, variables: { search: text, first }, headers })
    expect(answer.errors, String(text)).toBeUndefined()
    return answer.data.helpArticles as { slug: string; language: string; title: string }[]
  }

  /** What the consultant would answer at once. */
  const answerAtOnce = async (text: string, language: Language) => {
    const policies = createPolicies({ reader, clock: cabinet.clock, schema: accountsPolicies })
    return (await findAnswer({ reader, policies }, text, language))?.article.slug ?? null
  }

  describe.each(SETS)('of forty questions written %s', (_, set) => {
    it.each(LANGUAGES)('gives the right article first for thirty-four: %s', async (language) => {
      const wrong: string[] = []
      for (const { text, slug } of set[language]) {
        const [best] = await search(text, language)
        if (best?.slug !== slug) wrong.push(`${text} → ${best?.slug}, not ${slug}`)
      }
      expect(set[language]).toHaveLength(40)
      expect(40 - wrong.length, wrong.join('\n')).toBeGreaterThanOrEqual(RIGHT_MIN)
    })
  })

  it.each(LANGUAGES)('answers at once only when it is sure, and is then right: %s', async (language) => {
    const answers = await Promise.all(
      LAST[language].map(async ({ text, slug }) => ({ slug, answer: await answerAtOnce(text, language) })),
    )
    const given = answers.filter(({ answer }) => answer !== null)
    expect(given.filter(({ slug, answer }) => slug !== answer)).toEqual([])
    expect(given.length).toBeGreaterThanOrEqual(20)
    const offTopic = await Promise.all(OFF_TOPIC[language].map((text) => answerAtOnce(text, language)))
    expect(offTopic.filter((answer) => answer !== null).length).toBeLessThanOrEqual(1)
  })

  it('answers in the language of the question, whatever the viewer’s', async () => {
    expect(await search('перевести деньги', 'en')).toMatchObject([{ slug: 'transfer', language: 'RU' }])
    expect(await search('transfer money', 'ru')).toMatchObject([{ slug: 'transfer', language: 'EN' }])
  })

  it('takes the viewer’s language where letters do not tell', async () => {
    expect(await search('*111*25#', 'ru')).toMatchObject([{ slug: 'ussd-codes', language: 'RU' }])
    expect(await search('*111*25#', 'en')).toMatchObject([{ slug: 'ussd-codes', language: 'EN' }])
  })

  it('looks in the other language when the question’s has nothing', async () => {
    await cabinet.database.sql(`delete from accounts.help_word where language = 'en' and lexeme = 'vcard'`)
    expect(await search('vcard', 'en')).toMatchObject([{ slug: 'sim-phone-book', language: 'RU' }])
  })

  it('does not ask for the dots of a ё', async () => {
    expect(await search('автоплатеж', 'ru')).toEqual(await search('автоплатёж', 'ru'))
  })

  it('lists all articles by title without a search, as many as are asked for', async () => {
    const all = await search(null, 'en', 100)
    expect(all.length).toBeGreaterThanOrEqual(40)
    expect(all.every(({ language }) => language === 'EN')).toBe(true)
    expect(await search('', 'en', 3)).toEqual(all.slice(0, 3))
  })

  it.each([
    `'; drop table accounts.help_article; --`,
    `" or 1=1 --`,
    '& | ! <-> :* ( )',
    'transfer & !money | (fee:*',
    `it's a 'quoted' \\ "word" \\' \\\\`,
    '%_$1 {} [] \u0000 \uD800',
    '😀🎉 👨‍👩‍👧‍👦',
    '‮перевод‬ ​money',
    'http://example.com/?a=b&c=d#e user@example.com 1e400 -0.0 192.168.0.1',
    '   \t\n ',
    'а'.repeat(10_000),
    'перевод денег '.repeat(1_000).slice(0, 10_000),
    '(('.repeat(5_000),
    `${'x'.repeat(3_000)} transfer`,
  ])('takes any text for words: %j', async (text) => {
    for (const language of LANGUAGES) expect(Array.isArray(await search(text, language, 5))).toBe(true)
    const [{ count } = { count: 0 }] = await cabinet.database.sql<{ count: number }>(
      'select count(*)::int as count from accounts.help_article',
    )
    expect(count).toBeGreaterThanOrEqual(80)
  })

  it('gives one article by its name, in the language of the viewer, and null for what is not there', async () => {
    const ask = async (slug: string, language: string) =>
      (
        await cabinet.ask({
          query: 'query ($slug: String!) { helpArticle(slug: $slug) { slug language body operation } }',
          variables: { slug },
          headers: { 'accept-language': language },
        })
      ).data.helpArticle
    expect(await ask('transfer', 'ru')).toMatchObject({ language: 'RU', body: expect.stringContaining('1 500 ₽') })
    expect(await ask('transfer', 'en')).toMatchObject({ language: 'EN', operation: 'QuoteTransfer' })
    expect(await ask(`'\u0000`, 'en')).toBeNull()
  })
})
