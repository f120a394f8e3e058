/** Sites of the operator's own, to which the acquirer may send customers back. */
export interface ReturnOrigins {
  has(url: string): boolean
}

const URL_LENGTH_MAX = 2_000

/**
 * From origins as `https://cabinet.example`; `http://localhost:*` is every port of it. Anything else would let a link
 * to us end on a stranger's page, right after somebody typed a card.
 */
export function createReturnOrigins(origins: readonly string[]): ReturnOrigins {
  const exact = new Set(origins.filter((origin) => !origin.endsWith(':*')))
  const anyPort = new Set(origins.filter((origin) => origin.endsWith(':*')).map((origin) => origin.slice(0, -2)))
  return {
    has(text) {
      if (text.length > URL_LENGTH_MAX || !URL.canParse(text)) return false
      const { origin, protocol, hostname, username, password } = new URL(text)
      if (username !== '' || password !== '') return false
      return exact.has(origin) || anyPort.has(`${protocol}//${hostname}`)
    },
  }
}
