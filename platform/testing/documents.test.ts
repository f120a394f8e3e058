import { existsSync, globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = path.join(import.meta.dirname, '../..')
const DOCUMENTS = globSync('**/*.md', { cwd: ROOT, exclude: ['**/node_modules', '**/.cabinet', '**/coverage'] }).sort()
const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { scripts: object }

describe.each(DOCUMENTS)('%s', (document) => {
  const text = readFileSync(path.join(ROOT, document), 'utf8')

  it('links to what exists', () => {
    const missing = linksOf(text).filter((link) => !existsSync(path.join(ROOT, path.dirname(document), link)))
    expect(missing).toEqual([])
  })

  it('links to headings that exist', () => {
    const anchors = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor)
    const headings = new Set([...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading ?? '')))
    expect(anchors.filter((anchor) => !headings.has(anchor ?? ''))).toEqual([])
  })

  it('names commands that exist', () => {
    const named = [...text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)].map(([, name]) => name ?? '')
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })
})

it('there are documents', () => {
  expect(DOCUMENTS).toContain('README.md')
})

/** Relative links outside code blocks, without their `#heading`. */
function linksOf(text: string): string[] {
  const prose = text.replaceAll(/```[\s\S]*?```/g, '')
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, link]) => link ?? '')
    .filter((link) => !/^([a-z]+:|#)/.test(link))
    .map((link) => decodeURIComponent(link.replace(/#.*/, '')))
}

/** As GitHub and its kin make it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-')
}
