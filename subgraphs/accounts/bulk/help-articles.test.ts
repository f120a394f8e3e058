import { readFileSync } from 'node:fs'
import type { Kysely } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../../cli/testing/test-database.ts'
import { connectDatabase } from '../../../platform/database/connect.ts'
import { LANGUAGES } from '../../../platform/languages.ts'
import { silentLogger } from '../../../platform/logger.ts'
import { readOperations } from '../../../schema/operations.ts'
import { FIRST, TUNING } from '../testing/help-questions.ts'
import { type HelpArticleFile, loadHelpArticles, readHelpArticles } from './help-articles.ts'

const articles = await readHelpArticles()
const operations = new Set(
  Object.values(readOperations()).flatMap((text) => /^(?:query|mutation|subscription) (\w+)/m.exec(text)?.[1] ?? []),
)
const planned = readFileSync(new URL('../help/planned-operations.txt', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))

describe('help articles', () => {
  it('are the same in every language, and at least forty', () => {
    const [russian, english] = LANGUAGES.map((language) =>
      articles.filter((article) => article.language === language).map(({ slug, operation }) => `${slug} ${operation}`),
    )
    expect(russian).toEqual(english)
    expect(russian?.length).toBeGreaterThanOrEqual(40)
  })

  it.each(articles.map((article) => [`${article.language}/${article.slug}`, article] as const))(
    'have 80 to 200 words, in their language: %s',
    (_, { body, language, title }) => {
      expect(body.split(/\s+/).length).toBeGreaterThanOrEqual(80)
      expect(body.split(/\s+/).length).toBeLessThanOrEqual(200)
      expect(title).toMatch(language === 'ru' ? /[а-яё]/i : /^[^а-яё]+$/i)
    },
  )

  it('each name an operation that is there or is planned', () => {
    const unknown = articles.filter(({ operation }) => !operations.has(operation) && !planned.includes(operation))
    expect(unknown.map(({ slug, operation }) => `${slug}: ${operation}`)).toEqual([])
  })

  it('have no operation among the planned that has come to exist, or that no article names', () => {
    const named = new Set(articles.map(({ operation }) => operation))
    const stale = planned.filter((operation) => operations.has(operation) || !named.has(operation))
    expect(stale, 'strike these off help/planned-operations.txt').toEqual([])
  })

  it('have no keywords that were taken from the questions that were there before them', () => {
    const copied = articles.flatMap(({ language, slug, keywords }) => {
      const asked = [FIRST, TUNING].flatMap((set) => set[language]).map(({ text }) => words(text).join(' '))
      return keywords
        .split(', ')
        .flatMap(threes)
        .filter((three) => asked.some((text) => ` ${text} `.includes(` ${three} `)))
        .map((three) => `${slug}: ${three}`)
    })
    expect(copied).toEqual([])
  })
})

function words(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replaceAll('ё', 'е')
      .match(/[\p{L}\p{N}’]+/gu) ?? []
  )
}

function threes(phrase: string): string[] {
  const all = words(phrase)
  return all.slice(2).map((_, index) => all.slice(index, index + 3).join(' '))
}

describe('the table of help articles', () => {
  let database: TestDatabase
  let admin: Kysely<unknown>

  beforeAll(async () => {
    database = await createTestDatabase()
    admin = connectDatabase<unknown>({ url: database.adminUrl, logger: silentLogger })
  })
  afterAll(async () => {
    await admin.destroy()
    await database.drop()
  })

  const stored = (slug: string) =>
    database.sql('select title from accounts.help_article where slug = $1 order by language', [slug])
  const knows = async (lexeme: string) =>
    (await database.sql('select slug from accounts.help_word where lexeme = $1', [lexeme])).length > 0

  it('is filled by whoever migrates, and stays as it is when the files are the same', async () => {
    expect(await stored('transfer')).toHaveLength(2)
    expect(await loadHelpArticles(admin, articles)).toBe(0)
    expect(await Promise.all([loadHelpArticles(admin, articles), loadHelpArticles(admin, articles)])).toEqual([0, 0])
  })

  it('follows the files: what is new, changed or gone', async () => {
    const fresh = { ...(articles[0] as HelpArticleFile), slug: 'fresh', title: 'Zebra' }
    expect(await loadHelpArticles(admin, [...articles, fresh])).toBe(1)
    expect(await stored('fresh')).toEqual([{ title: 'Zebra' }])
    expect(await knows('zebra')).toBe(true)
    expect(await loadHelpArticles(admin, [...articles, { ...fresh, title: 'Giraffe' }])).toBe(1)
    expect(await stored('fresh')).toEqual([{ title: 'Giraffe' }])
    expect([await knows('zebra'), await knows('giraff')]).toEqual([false, true])
    expect(await loadHelpArticles(admin, articles)).toBe(1)
    expect(await stored('fresh')).toEqual([])
  })

  it('is not for the subgraph to change', async () => {
    const db = connectDatabase<unknown>({ url: database.urls.accounts, logger: silentLogger })
    await expect(loadHelpArticles(db, [])).rejects.toThrow('permission denied')
    await db.destroy()
  })
})
