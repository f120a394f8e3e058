import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { DEMO_PHONE } from './demo/demo-base.ts'
import type { OneProcess } from './one-process.ts'
import { PROJECT_DIRECTORY } from './project.ts'
import { type SignInDependencies, signInByPhone } from './sign-in.ts'

/** The first answer that a newcomer gets. */
export interface Greeting {
  readonly token: string
  /** The answer to the home query with that token. */
  readonly home: unknown
}

export const GREETING_TTL_SECONDS = 12 * 3600
const LINES_SHOWN = 2

/** Signs the owner of the demo number in and asks the home query; null when nobody has the number. */
export async function greet(
  cabinet: OneProcess,
  signIn: Omit<SignInDependencies, 'linkedNumbers' | 'ttlSeconds'>,
): Promise<Greeting | null> {
  const linkedNumbers = cabinet.subgraphs['linked-numbers']
  const token = await signInByPhone({ ...signIn, linkedNumbers, ttlSeconds: GREETING_TTL_SECONDS }, DEMO_PHONE, null)
  if (token === null) return null
  const query = await readFile(path.join(PROJECT_DIRECTORY, 'schema/operations/home.graphql'), 'utf8')
  const response = await cabinet.gateway.http.inject({
    method: 'POST',
    url: '/graphql',
    headers: { authorization: `Bearer ${token}`, 'accept-language': 'ru' },
    payload: { query, variables: { first: LINES_SHOWN } },
  })
  return { token, home: response.json() }
}
