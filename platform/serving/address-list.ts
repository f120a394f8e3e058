import { BlockList, isIPv6 } from 'node:net'

/** Addresses and networks (CIDR) that may do something. */
export interface AddressList {
  has(address: string | undefined): boolean
}

export function createAddressList(addresses: readonly string[]): AddressList {
  const list = new BlockList()
  for (const listed of addresses) {
    const [address = '', bits] = listed.split('/')
    const family = isIPv6(address) ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return {
    has: (address) => address !== undefined && list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'),
  }
}
