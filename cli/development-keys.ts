import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { JSONWebKeySet } from 'jose'
import { DEVELOPMENT_KEY_PREFIX, generatePrivateKey } from '../platform/identity/keys.ts'

/** The keys that sign access tokens on a developer's machine: made once, kept between runs, refused in production. */
export async function developmentKeys(directory: string): Promise<JSONWebKeySet> {
  const file = path.join(directory, 'access-token-keys.json')
  const known = await readKeys(file)
  if (known) return known
  const keys = { keys: [await generatePrivateKey(`${DEVELOPMENT_KEY_PREFIX}accounts.1`)] }
  await mkdir(directory, { recursive: true })
  const draft = `${file}.${process.pid}`
  await writeFile(draft, JSON.stringify(keys), { mode: 0o600 })
  await publish(draft, file)
  return (await readKeys(file)) ?? keys
}

/** A link, not a rename: of two processes that start at once the first one's keys stay, for both. */
async function publish(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    await unlink(draft)
  }
}

async function readKeys(file: string): Promise<JSONWebKeySet | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as JSONWebKeySet
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
