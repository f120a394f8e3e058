import { isIPv6 } from 'node:net'

const GROUPS = 8
/** A subscriber has a whole network of this length, and an address of it for each request. */
const GROUPS_OF_NETWORK = 4

/** What addresses are counted by: an IPv4 address itself, of IPv6 the network of 64 bits. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  const [withoutZone = ''] = address.split('%')
  const [before = '', after] = withoutZone.split('::')
  const head = before === '' ? [] : before.split(':')
  const tail = after === undefined || after === '' ? [] : after.split(':')
  const zeros = after === undefined ? [] : Array.from({ length: GROUPS - head.length - tail.length }, () => '0')
  const groups = [...head, ...zeros, ...tail].slice(0, GROUPS_OF_NETWORK)
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}
