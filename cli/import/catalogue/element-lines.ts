/**
 * The line on which each element of the lists at the top of a JSON object starts, by path: `tariffs[0]`. `JSON.parse`
 * does not tell; the text must be one that it takes.
 */
export function elementLines(json: string): Map<string, number> {
  const lines = new Map<string, number>()
  const counts = new Map<string, number>()
  let depth = 0
  let key = ''
  let line = 1
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]\n]/g)) {
    if (token === '\n') line += 1
    else if (token.startsWith('"')) {
      if (depth === 1) key = JSON.parse(token) as string
    } else if (token === '{' || token === '[') {
      depth += 1
      if (depth === 3) {
        const index = counts.get(key) ?? 0
        counts.set(key, index + 1)
        lines.set(`${key}[${index}]`, line)
      }
    } else depth -= 1
  }
  return lines
}
