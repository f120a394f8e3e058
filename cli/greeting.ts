import { readFile } from 'node:fs/promises'
import path from 'node:path'
import type { NewId } from '../platform/ids.ts'
import { DEMO_PHONE } from './demo/demo-base.ts'
import type { OneProcess } from './one-process.ts'
import { PROJECT_DIRECTORY } from './project.ts'
import { signInByPhone } from './sign-in.ts'

/** The first answer that a newcomer gets. */
export interface Greeting {
  readonly token: string
  /** The answer to the home query with that token. */
  readonly home: unknown
}

const GREETING_TTL_SECONDS = 12 * 3600
const LINES_SHOWN = 2

/** Signs the owner of the demo number in and asks the home query; null when nobody has the number. */
export async function greet({ gateway, subgraphs }: OneProcess, newId: NewId): Promise<Greeting | null> {
  const owner = { phone: DEMO_PHONE, organizationRole: null, ttlSeconds: GREETING_TTL_SECONDS }
  const outcome = await signInByPhone({ subgraphs, newId }, owner)
  if (outcome.kind !== 'signedIn') return null
  const token = outcome.accessToken
  const query = await readFile(path.join(PROJECT_DIRECTORY, 'schema/operations/home.graphql'), 'utf8')
  const response = await gateway.http.inject({
    method: 'POST',
    url: '/graphql',
    headers: { authorization: `Bearer ${token}`, 'accept-language': 'ru' },
    payload: { query, variables: { first: LINES_SHOWN } },
  })
  return { token, home: response.json() }
}
