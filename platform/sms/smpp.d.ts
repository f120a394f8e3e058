/** What we use of the package `smpp`, which has no types of its own. */
declare module 'smpp' {
  import type { EventEmitter } from 'node:events'
  import type { Server as NetServer, Socket } from 'node:net'

  export interface Pdu {
    readonly command: string
    readonly command_status: number
    readonly sequence_number: number
    readonly [field: string]: unknown
    isResponse(): boolean
    response(fields?: Readonly<Record<string, unknown>>): Pdu
  }

  export const PDU: new (command: string, fields?: Readonly<Record<string, unknown>>) => Pdu

  export class Session extends EventEmitter {
    constructor(options: { readonly socket: Socket })
    readonly socket: Socket
    /** False when nothing was written, because the connection is closed already. */
    send(pdu: Pdu, onResponse?: (response: Pdu) => void): boolean
    close(): void
    destroy(): void
  }

  export type Server = NetServer

  export function createServer(listener: (session: Session) => void): Server

  interface Encoding {
    match(text: string): boolean
    encode(text: string): Buffer
    decode(bytes: Buffer): string
  }

  const smpp: {
    readonly encodings: { readonly ASCII: Encoding; readonly UCS2: Encoding }
    readonly errors: Readonly<Record<string, number>>
  }
  // biome-ignore lint/style/noDefaultExport: what a CommonJS package gives that Node cannot see the names of.
  export default smpp
}
