import { createServer, type IncomingHttpHeaders, type ServerResponse, request as sendRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { SignJWT } from 'jose'
import { NETWORK_AUDIENCE, NETWORK_HEADER, NETWORK_TOKEN_TYPE } from '../../../gateway/network-element.ts'
import type { Clock } from '../../../platform/clock.ts'
import { type SigningKey, TOKEN_ALGORITHM } from '../../../platform/identity/keys.ts'
import type { NewId } from '../../../platform/ids.ts'
import type { E164 } from '../../../platform/phone.ts'

/** The operator's network, as if every request that comes here came from one telephone. */
export interface NetworkElementStandIn {
  readonly url: string
  close(): Promise<void>
}

export interface NetworkElementStandInOptions {
  /** 0 for any that is free. */
  readonly port: number
  /** Where the gateway listens: to it requests go on. */
  readonly gatewayUrl: string
  readonly phone: E164
  readonly signer: SigningKey
  readonly clock: Clock
  readonly newId: NewId
}

const HOST = '127.0.0.1'

/** A proxy that says of each request, signed, whose telephone it came from. */
export async function startNetworkElement(options: NetworkElementStandInOptions): Promise<NetworkElementStandIn> {
  const server = createServer(async (request, response) => {
    const { [NETWORK_HEADER]: _, ...headers } = request.headers
    const assertion = await assertNumber(options)
    const onward = sendRequest(new URL(request.url ?? '/', options.gatewayUrl), {
      method: request.method,
      headers: { ...headers, [NETWORK_HEADER]: assertion } satisfies IncomingHttpHeaders,
    })
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => refuse(response))
    request.pipe(onward)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, HOST, resolve)
  })
  return {
    url: `http://${HOST}:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** The element's word, as the gateway reads it. */
export function assertNumber({
  phone,
  signer,
  clock,
  newId,
}: Pick<NetworkElementStandInOptions, 'phone' | 'signer' | 'clock' | 'newId'>): Promise<string> {
  return new SignJWT()
    .setProtectedHeader({ alg: TOKEN_ALGORITHM, kid: signer.kid, typ: NETWORK_TOKEN_TYPE })
    .setAudience(NETWORK_AUDIENCE)
    .setSubject(phone)
    .setIssuedAt(Math.floor(clock.now().getTime() / 1_000))
    .setJti(newId())
    .sign(signer.key)
}

function refuse(response: ServerResponse): void {
  if (response.headersSent) response.destroy()
  else response.writeHead(502).end()
}
