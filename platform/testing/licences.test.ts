import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = path.join(import.meta.dirname, '../..')
const NOTICE = readFileSync(path.join(ROOT, 'NOTICE'), 'utf8')
/** Licences that ask for no more than their notice, which every package carries itself. */
const USUAL = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Apache-2.0'])

interface InstalledPackage {
  readonly name: string
  readonly licence: string
}

/** Every package that a production installation has: of its `package.json` where it is here, else as the lock says. */
function productionPackages(): InstalledPackage[] {
  const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'))
  const entries = Object.entries(lock.packages as Record<string, { dev?: boolean; license?: string }>)
  return entries
    .filter(([place, { dev }]) => place !== '' && !dev)
    .map(([place, { license }]) => {
      const manifest = path.join(ROOT, place, 'package.json')
      const said = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).license : license
      return { name: place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length), licence: String(said) }
    })
}

function isUsual(licence: string): boolean {
  return licence.split(/[\s()]+|AND|OR/).every((part) => part === '' || USUAL.has(part))
}

describe('NOTICE', () => {
  const packages = productionPackages()

  it('names each production dependency under unusual terms, and the terms', () => {
    const unusual = packages.filter(({ licence }) => !isUsual(licence))
    const unnamed = unusual.filter(({ name, licence }) => !namesPackage(name) || !NOTICE.includes(`(${licence})`))
    expect(unusual.length).toBeGreaterThan(0)
    expect(unnamed).toEqual([])
  })

  it('names only what is installed', () => {
    const listed = [...NOTICE.matchAll(/^ {2}((?:@[\w-]+\/)?[a-z][\w-]*(?:, (?:@[\w-]+\/)?[a-z][\w-]*)*)$/gm)]
    const names = listed.flatMap(([, line]) => line?.split(', ') ?? [])
    const installed = new Set(packages.map(({ name }) => name))
    expect(names).toContain('@apollo/gateway')
    expect(names.filter((name) => !installed.has(name))).toEqual([])
  })

  it('would miss a licence that it does not know', () => {
    expect(isUsual('(MIT AND BSD-3-Clause)')).toBe(true)
    expect(isUsual('(MIT OR GPL-3.0-only)')).toBe(false)
    expect(isUsual('undefined')).toBe(false)
  })
})

function namesPackage(name: string): boolean {
  return NOTICE.split(/[\s,]+/).includes(name)
}
