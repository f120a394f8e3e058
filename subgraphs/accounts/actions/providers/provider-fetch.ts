import type { CustomFetch } from 'openid-client'

/** No answer of a provider is longer; one that is comes from no provider. */
const RESPONSE_BYTES_MAX = 256 * 1024

/**
 * Sends requests to these origins and to no other, whatever a provider's own description of itself says, follows no
 * redirect, and reads no more than a provider has to say.
 */
export function createProviderFetch(origins: ReadonlySet<string>): CustomFetch {
  return async (url, options) => {
    if (!origins.has(new URL(url).origin)) throw new Error('the provider leads to an origin that is not configured')
    const { body = null, headers, method, signal = null } = options
    const response = await fetch(url, { body: body as BodyInit | null, headers, method, signal, redirect: 'manual' })
    const bytes = await readBody(response)
    return new Response(bytes.length === 0 ? null : bytes, { status: response.status, headers: response.headers })
  }
}

/** The same, but an ID token in an answer is left out: of providers of which nothing in it is believed. */
export function withoutIdToken(send: CustomFetch): CustomFetch {
  return async (url, options) => {
    const response = await send(url, options)
    const body = await response.text()
    const { status, headers } = response
    return new Response(body === '' ? null : dropIdToken(body), { status, headers })
  }
}

function dropIdToken(body: string): string {
  try {
    const { id_token: _, ...rest } = JSON.parse(body)
    return JSON.stringify(rest)
  } catch {
    return body
  }
}

async function readBody(response: Response): Promise<Buffer<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > RESPONSE_BYTES_MAX) throw new Error('the provider’s answer is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
