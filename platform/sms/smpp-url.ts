/** Where a message centre is, and as whom we bind there. */
export interface SmppAccount {
  readonly host: string
  readonly port: number
  readonly isSecure: boolean
  readonly systemId: string
  readonly password: string
}

const PORT = 2775
const SECURE_PORT = 3550

/** Reads `smpp://user:password@host:port`, or `smpps://…` for TLS. */
export function readSmppUrl(text: string): SmppAccount {
  const { protocol, hostname, port, username, password } = new URL(text)
  const isSecure = protocol === 'smpps:'
  return {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (isSecure ? SECURE_PORT : PORT),
    isSecure,
    systemId: decodeURIComponent(username),
    password: decodeURIComponent(password),
  }
}
