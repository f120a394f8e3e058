import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { systemClock } from '../../../platform/clock.ts'

/** A provider that says whatever a test wants: what no honest one would say. */
export interface ForgingProvider {
  readonly issuer: string
  /** What the token endpoint answers from now on. */
  answer: (response: ServerResponse) => void | Promise<void>
  /** What it says of itself besides what is right. */
  describe: object
  /** The path of every request that came, and the body of each that had one. */
  readonly asked: string[]
  readonly bodies: string[]
  /** An ID token for this nonce, right in everything that the changes do not touch. */
  idToken(nonce: string, changes?: Readonly<Record<string, unknown>>): Promise<string>
  /** One that another's key signed. */
  forgedIdToken(nonce: string): Promise<string>
  close(): Promise<void>
}

export const FORGER_CLIENT_ID = 'cabinet'

export async function startForgingProvider(): Promise<ForgingProvider> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const own = await generateKeyPair('RS256')
  const another = await generateKeyPair('RS256')
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'own', alg: 'RS256', use: 'sig' }
  const nowSeconds = () => Math.floor(systemClock.now().getTime() / 1_000)

  const sign = (key: typeof own.privateKey, claims: JWTPayload) =>
    new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'own' }).sign(key)
  const rightClaims = (nonce: string): JWTPayload => ({
    iss: issuer,
    aud: FORGER_CLIENT_ID,
    sub: 'anna',
    iat: nowSeconds(),
    exp: nowSeconds() + 300,
    nonce,
  })

  const provider: ForgingProvider = {
    issuer,
    answer: (response) => void response.end(),
    describe: {},
    asked: [],
    bodies: [],
    idToken: (nonce, changes = {}) => sign(own.privateKey, { ...rightClaims(nonce), ...changes }),
    forgedIdToken: (nonce) => sign(another.privateKey, rightClaims(nonce)),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const path = request.url ?? ''
    provider.asked.push(path)
    if (path.endsWith('/.well-known/openid-configuration')) {
      return sendJson(response, { ...metadataOf(issuer), ...provider.describe })
    }
    if (path === '/jwks') return sendJson(response, { keys: [jwk] })
    return void text(request).then((body) => {
      if (body !== '') provider.bodies.push(body)
      return provider.answer(response)
    })
  })
  return provider
}

function metadataOf(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/jwks`,
    id_token_signing_alg_values_supported: ['RS256', 'none', 'HS256'],
  }
}

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
