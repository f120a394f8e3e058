import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair } from 'jose'
import { type Configuration, type JWK, Provider } from 'oidc-provider'
import { loginPage } from './login-page.ts'

/** A real provider of identities on this machine, where whoever comes says who they are and is believed. */
export interface OpenIdStandIn {
  readonly issuer: string
  close(): Promise<void>
}

export interface OpenIdStandInOptions {
  /** 0 for any that is free. */
  readonly port: number
  readonly clients: readonly StandInClient[]
  /** What ID tokens say of a person besides their name. */
  readonly claimsOf?: (name: string) => Readonly<Record<string, unknown>>
}

export interface StandInClient {
  readonly clientId: string
  readonly clientSecret: string
  readonly redirectUris: readonly string[]
}

const HOST = '127.0.0.1'
const BODY_BYTES_MAX = 4_096

export async function startOpenIdStandIn(options: OpenIdStandInOptions): Promise<OpenIdStandIn> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, HOST, resolve)
  })
  const issuer = `http://${HOST}:${(server.address() as AddressInfo).port}`
  const { privateKey } = await generateKeyPair('RS256', { extractable: true })
  const provider = new Provider(issuer, configurationOf(options, { keys: [await exportJWK(privateKey)] }))
  const serveProtocol = provider.callback()
  server.on('request', (request, response) => {
    const serve = request.url?.startsWith('/interaction/') ? serveLogin(provider, request, response) : null
    if (!serve) serveProtocol(request, response)
    else serve.catch(() => response.writeHead(400).end())
  })
  return {
    issuer,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function configurationOf(
  { clients, claimsOf = () => ({}) }: OpenIdStandInOptions,
  jwks: { keys: JWK[] },
): Configuration {
  return {
    clients: clients.map(({ clientId, clientSecret, redirectUris }) => ({
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [...redirectUris],
    })),
    claims: { openid: ['sub', 'roles'], email: ['email', 'email_verified'] },
    // All that was asked for is put into the ID token, as providers do that have staff.
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, name) => ({ accountId: name, claims: async () => ({ sub: name, ...claimsOf(name) }) }),
    pkce: { required: () => true },
    ttl: { AccessToken: 3_600, Grant: 3_600, IdToken: 3_600, Interaction: 3_600, Session: 3_600 },
    jwks,
    // Whoever came here has agreed.
    async loadExistingGrant({ oidc }) {
      const grant = new oidc.provider.Grant({
        clientId: oidc.client?.clientId ?? '',
        accountId: oidc.session?.accountId ?? '',
      })
      grant.addOIDCScope('openid email')
      await grant.save()
      return grant
    },
  }
}

/** Asks for a name, and takes it as said; without one the person has declined. */
async function serveLogin(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { uid } = await provider.interactionDetails(request, response)
  if (request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(loginPage(uid))
    return
  }
  const name = new URLSearchParams(await readBody(request)).get('name')?.trim()
  const result = name ? { login: { accountId: name } } : { error: 'access_denied' }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of request) {
    body += chunk
    if (body.length > BODY_BYTES_MAX) throw new Error('the form is longer than a name')
  }
  return body
}
