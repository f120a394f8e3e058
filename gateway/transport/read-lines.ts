/** A broken subgraph cannot fill the gateway's memory. Several times what the largest operation may ask for. */
export const RESPONSE_BYTES_MAX = 2 * 1024 * 1024

const NEWLINE = 10

/** The lines of a body as they arrive, without their ends. Throws past a length that no real answer has. */
export async function* readLines(body: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      yield Buffer.concat([...rest, chunk.subarray(start, end)]).toString()
      rest = []
      bytes = 0
      start = end + 1
    }
    bytes += chunk.length - start
    if (bytes > RESPONSE_BYTES_MAX) throw new Error(`the answer is longer than ${RESPONSE_BYTES_MAX} bytes`)
    if (start < chunk.length) rest.push(chunk.subarray(start))
  }
  if (rest.length > 0) yield Buffer.concat(rest).toString()
}
