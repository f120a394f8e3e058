import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { type Kysely, sql } from 'kysely'
import { invariant } from '../../../platform/invariant.ts'
import { LANGUAGES, type Language } from '../../../platform/languages.ts'

/** A help article as its file in `help/<language>/<slug>.md` has it. */
export interface HelpArticleFile {
  readonly slug: string
  readonly language: Language
  readonly title: string
  /** What people call it in their own words, divided by commas. */
  readonly keywords: string
  /** The name of the operation of the contract that does what the article tells of. */
  readonly operation: string
  /** Markdown. */
  readonly body: string
}

const HELP = new URL('../help/', import.meta.url)
const ARTICLE =
  /^---\ntitle: (?<title>.+)\nkeywords: (?<keywords>.+)\noperation: (?<operation>\w+)\n---\n\n(?<body>.+)\n$/s

/** Every article of the repository, in all languages. Throws when one is not written as articles are. */
export async function readHelpArticles(): Promise<HelpArticleFile[]> {
  const byLanguage = await Promise.all(LANGUAGES.map(readLanguage))
  return byLanguage.flat()
}

async function readLanguage(language: Language): Promise<HelpArticleFile[]> {
  const folder = new URL(`${language}/`, HELP)
  const files = (await readdir(folder)).filter((file) => file.endsWith('.md')).sort()
  return Promise.all(
    files.map(async (file) => {
      const fields = ARTICLE.exec(await readFile(new URL(file, folder), 'utf8'))?.groups
      invariant(fields, `help/${language}/${file} begins with its title, keywords and operation`)
      return { slug: file.slice(0, -'.md'.length), language, ...fields } as HelpArticleFile
    }),
  )
}

/**
 * Makes the table the same as the files: run again with the same files it changes nothing. As the owner of the tables,
 * by whoever migrates, so that of many processes one does it. Returns how many articles were added, changed or removed.
 */
export async function loadHelpArticles(admin: Kysely<unknown>, articles: readonly HelpArticleFile[]): Promise<number> {
  const files = JSON.stringify(articles.map((article) => ({ ...article, content_hash: hash(article) })))
  return admin.transaction().execute(async (trx) => {
    const { rows: written } = await sql`
      insert into accounts.help_article as known (slug, language, title, keywords, body, operation, content_hash)
      select slug, language, title, keywords, body, operation, content_hash
      from jsonb_to_recordset(${files}::jsonb) as file (slug text, language text, title text, keywords text,
        body text, operation text, content_hash text)
      on conflict (slug, language) do update
        set title = excluded.title, keywords = excluded.keywords, body = excluded.body,
          operation = excluded.operation, content_hash = excluded.content_hash
        where known.content_hash <> excluded.content_hash
      returning slug
    `.execute(trx)
    const { rows: removed } = await sql`
      delete from accounts.help_article
      where (slug, language) not in (
        select slug, language from jsonb_to_recordset(${files}::jsonb) as file (slug text, language text)
      )
      returning slug
    `.execute(trx)
    const changed = written.length + removed.length
    if (changed > 0) await writeWords(trx)
    return changed
  })
}

/**
 * A word of the title counts for four in the text, one of the keywords for three: chosen by the questions in
 * `testing/help-questions.ts`, where anything near does as well.
 */
async function writeWords(trx: Kysely<unknown>): Promise<void> {
  await sql`delete from accounts.help_word`.execute(trx)
  await sql`
    insert into accounts.help_word (language, lexeme, slug, frequency)
    select language, word.lexeme, slug,
      (select sum(case mark when 'A' then 2 when 'B' then 1.5 else 0.5 end) from unnest(word.weights) as mark)
    from accounts.help_article, unnest(search) as word
  `.execute(trx)
}

function hash(article: HelpArticleFile): string {
  return createHash('sha256').update(JSON.stringify(article)).digest('hex')
}
