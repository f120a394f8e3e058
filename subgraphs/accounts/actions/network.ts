import { isIPv6 } from 'node:net'

/**
 * Whose address it is, as far as one person's goes: an IPv4 address itself, of IPv6 the /64 that a household gets.
 * Callers without an address count as one.
 */
export function networkOf(address: string | null): string {
  const bare = address?.replace(/%.*/, '').toLowerCase() ?? 'unknown'
  if (!isIPv6(bare)) return bare.slice(0, LENGTH_MAX)
  const [head = '', tail] = bare.split('::')
  const before = groupsOf(head)
  const after = groupsOf(tail ?? '')
  const zeros = Array.from({ length: tail === undefined ? 0 : GROUPS - before.length - after.length }, () => '0')
  const network = [...before, ...zeros, ...after].slice(0, NETWORK_GROUPS)
  return `${network.map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}

const LENGTH_MAX = 45
const GROUPS = 8
const NETWORK_GROUPS = 4

/** The groups of 16 bits; an IPv4 address at the end stands for two, and is never in the first half. */
function groupsOf(text: string): string[] {
  return text === '' ? [] : text.split(':').flatMap((group) => (group.includes('.') ? ['0', '0'] : [group]))
}
