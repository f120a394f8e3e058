import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import pg from 'pg'
import { readServerOptions } from '../server-options.ts'
import { accountOf, createBenchAuthenticator } from '../viewer.ts'
import { toHomeAnswer } from './home-answer.ts'
import { HOME_ROWS_SQL, type HomeRow } from './home-rows.ts'

// The unit of the bench: one statement, its rows made into JSON, over the bare HTTP server of Node. Nothing of GraphQL.
const options = readServerOptions()
const authenticate = createBenchAuthenticator(options.accessTokenKeys)
pg.types.setTypeParser(pg.types.builtins.DATE, String)
const pool = new pg.Pool({ connectionString: options.databaseUrl, max: 10 })
const FIRST_ID = '00000000-0000-0000-0000-000000000000'

interface HomeRequest {
  readonly variables: { readonly first?: number; readonly after?: string }
}

createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    response.writeHead(500).end(JSON.stringify({ errors: [{ message: String(error) }] }))
  })
}).listen(options.port, '127.0.0.1')

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { variables } = JSON.parse(await readBody(request)) as HomeRequest
  const accountId = accountOf(await authenticate(request.headers.authorization))
  const { first = 20, after } = variables
  const afterId = after === undefined ? FIRST_ID : Buffer.from(after, 'base64url').toString()
  const now = new Date()
  const values = [accountId, first + 1, afterId, now]
  const { rows } = await pool.query<HomeRow>({ name: 'home', text: HOME_ROWS_SQL, values })
  const body = JSON.stringify(toHomeAnswer(accountId, rows, first, now))
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body)
}

function readBody(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => resolve(Buffer.concat(chunks).toString()))
    request.on('error', reject)
  })
}
