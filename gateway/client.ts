import { hash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { Client, NetworkAssertion } from '../platform/identity/viewer.ts'

/**
 * Where a request came from. `address` is the client's own: the proxies before this gateway are taken off already.
 * A front end that wants its installations told apart sends `x-device-id`; else the program's own name has to do.
 * Staff say in `x-reason` why they look or act, percent-encoded as a URL is. What the network said is read beforehand.
 */
export function readClient(address: string, headers: IncomingHttpHeaders, network: NetworkAssertion | null): Client {
  const device = single(headers['x-device-id']) ?? headers['user-agent']
  return {
    address: withoutMapping(address),
    device: device === undefined ? null : hash('sha256', device, 'base64url').slice(0, DEVICE_MARK_LENGTH),
    reason: readReason(single(headers['x-reason'])),
    network,
  }
}

const DEVICE_MARK_LENGTH = 22
const REASON_LENGTH_MAX = 500

/** A header that comes twice is nobody's word. */
function single(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined
}

/** An IPv4 address as a socket of both families shows it. */
function withoutMapping(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '')
}

function readReason(header: string | undefined): string | null {
  if (header === undefined) return null
  try {
    const reason = decodeURIComponent(header).replace(/\p{Cc}+/gu, ' ')
    return reason.trim().slice(0, REASON_LENGTH_MAX) || null
  } catch {
    return null
  }
}
