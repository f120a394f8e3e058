import { cpSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SUBGRAPH_NAMES } from '../platform/subgraph/name.ts'
import { PROJECT_DIRECTORY } from './project.ts'
import { runChild } from './testing/child.ts'
import { projectFile } from './testing/compose-file.ts'

const DOCKERFILE = projectFile('Dockerfile')

/** A folder with what the image holds: the copied folders, without what is ignored, and production's packages. */
function buildImage(): string {
  const image = mkdtempSync(path.join(tmpdir(), 'cabinet-image-'))
  for (const [, source = '', target = ''] of DOCKERFILE.matchAll(/^COPY (\w+) (\w+)$/gm)) {
    cpSync(path.join(PROJECT_DIRECTORY, source), path.join(image, target), {
      recursive: true,
      filter: (file) => !isIgnored(path.relative(PROJECT_DIRECTORY, file)),
    })
  }
  cpSync(path.join(PROJECT_DIRECTORY, 'package.json'), path.join(image, 'package.json'))
  const packages = realpathSync(path.join(PROJECT_DIRECTORY, 'node_modules'))
  for (const name of productionPackages()) {
    const target = path.join(image, name)
    mkdirSync(path.dirname(target), { recursive: true })
    symlinkSync(path.join(packages, path.relative('node_modules', name)), target)
  }
  return image
}

function isIgnored(file: string): boolean {
  const patterns = projectFile('.dockerignore')
    .split('\n')
    .filter((line) => /^[^#!*]|^\*\*/.test(line))
  return patterns.some((pattern) => path.matchesGlob(file, pattern))
}

/** What `npm ci --omit=dev --omit=optional` installs at the top: a package of another brings its own along. */
function productionPackages(): string[] {
  const { packages } = JSON.parse(projectFile('package-lock.json')) as { packages: Record<string, LockedPackage> }
  return Object.entries(packages)
    .filter(([name, locked]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(name) && !locked.dev && !locked.optional)
    .map(([name]) => name)
}

interface LockedPackage {
  readonly dev?: boolean
  readonly optional?: boolean
}

describe('the image', { timeout: 30_000 }, () => {
  let image: string
  beforeAll(() => {
    image = buildImage()
  })
  afterAll(() => rmSync(image, { recursive: true }))

  /** `--preserve-symlinks` keeps packages from finding those that production does not have. */
  const run = (script: string, args: string[] = []) =>
    runChild('--preserve-symlinks', ['--preserve-symlinks-main', path.join(image, script), ...args], {
      NODE_ENV: 'production',
    })

  it('is built of production’s packages, for a user with no power, and holds no tests', () => {
    expect(DOCKERFILE).toMatch(/npm ci --omit=dev --omit=optional --ignore-scripts/)
    expect(DOCKERFILE).toMatch(/^FROM node:24-bookworm-slim$/m)
    const lines = DOCKERFILE.trim().split('\n')
    expect(lines.indexOf('USER node')).toBeGreaterThan(lines.findLastIndex((line) => line.startsWith('COPY')))
    const files = readdirSync(image, { recursive: true, encoding: 'utf8' })
    expect(
      files.filter((file) => /\.test\.ts$|(^|\/)(testing|generated)(\/|$)/.test(file.split('node_modules')[0] ?? '')),
    ).toEqual([])
  })

  it.each(['gateway', ...SUBGRAPH_NAMES])('holds all that %s loads: it only asks for its variables', async (name) => {
    const { exitCode, errorOutput } = await run(name === 'gateway' ? 'gateway/main.ts' : `subgraphs/${name}/main.ts`)
    expect(errorOutput).toContain('The environment is not complete')
    expect(errorOutput).not.toMatch(/ERR_MODULE_NOT_FOUND|Cannot find/)
    expect(exitCode).toBe(1)
  })

  it('holds all that the commands load', async () => {
    const { exitCode, output, errorOutput } = await run('cli/main.ts', ['keys'])
    expect(errorOutput).toBe('')
    expect(exitCode).toBe(0)
    expect(output).toMatch(/^ACCESS_TOKEN_KEYS='/m)
  })

  it.each([
    'schema/supergraph.graphql',
    'schema/payments.graphql',
    'subgraphs/payments/migrations',
    'schema/operations',
  ])('holds %s, which is read and not imported', (file) => {
    expect(() => readdirSync(path.dirname(path.join(image, file)))).not.toThrow()
    expect(readdirSync(path.dirname(path.join(image, file)))).toContain(path.basename(file))
  })
})
