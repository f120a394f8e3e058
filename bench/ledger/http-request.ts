/** A whole POST of GraphQL, to be written to a connection as it is. */
export function postRequest(
  { token, requestId }: { readonly token: string; readonly requestId?: string },
  body: { readonly query: string; readonly variables: object },
): Buffer {
  const text = Buffer.from(JSON.stringify(body))
  const head = [
    'POST /graphql HTTP/1.1',
    'host: 127.0.0.1',
    'content-type: application/json',
    `authorization: Bearer ${token}`,
    ...(requestId === undefined ? [] : [`x-request-id: ${requestId}`]),
    `content-length: ${text.length}`,
  ]
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), text])
}
