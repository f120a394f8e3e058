import { link, mkdir, readFile, unlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { JSONWebKeySet } from 'jose'
import { DEVELOPMENT_KEY_PREFIX, generatePrivateKey } from '../platform/identity/keys.ts'
import { DEVELOPMENT_SECRET_PREFIX } from '../platform/identity/secrets.ts'
import type { Randomness } from '../platform/random.ts'

/** The keys that sign access tokens on a developer's machine: made once, kept between runs, refused in production. */
export function developmentKeys(directory: string): Promise<JSONWebKeySet> {
  return keep(path.join(directory, 'access-token-keys.json'), async () => ({
    keys: [await generatePrivateKey(`${DEVELOPMENT_KEY_PREFIX}accounts.1`)],
  }))
}

/** The keys of the network element on a developer's machine, likewise. */
export function developmentElementKeys(directory: string): Promise<JSONWebKeySet> {
  return keep(path.join(directory, 'network-element-keys.json'), async () => ({
    keys: [await generatePrivateKey(`${DEVELOPMENT_KEY_PREFIX}network-element.1`)],
  }))
}

/** The secrets of accounts on a developer's machine, likewise. */
export function developmentSecrets(directory: string, random: Randomness): Promise<string[]> {
  return keep(path.join(directory, 'accounts-secrets.json'), async () => [
    `${DEVELOPMENT_SECRET_PREFIX}${random.bytes(SECRET_BYTES).toString('base64url')}`,
  ])
}

/** What a developer's USSD gateway and cabinet agreed on. */
export function developmentUssdKey(directory: string, random: Randomness): Promise<string> {
  return keep(
    path.join(directory, 'ussd-key.json'),
    async () => `${DEVELOPMENT_SECRET_PREFIX}${random.bytes(SECRET_BYTES).toString('base64url')}`,
  )
}

const SECRET_BYTES = 32

/** What a file holds; made and written when there is none. */
async function keep<Value>(file: string, make: () => Promise<Value>): Promise<Value> {
  const known = await read<Value>(file)
  if (known) return known
  const value = await make()
  await mkdir(path.dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}`
  await writeFile(draft, JSON.stringify(value), { mode: 0o600 })
  await publish(draft, file)
  return (await read<Value>(file)) ?? value
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

async function read<Value>(file: string): Promise<Value | null> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Value
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}
