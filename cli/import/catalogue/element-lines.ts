/**
 * The line on which each element of the lists at the top of a JSON object starts, by path: `tariffs[0]`. `JSON.parse`
 * does not tell; the text must be one that it takes.
 */
export function elementLines(json: string): Map<string, number> {
  const walk: Walk = { lines: new Map(), counts: new Map(), depth: 0, key: '', line: 1 }
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]\n]/g)) take(walk, token)
  return walk.lines
}

interface Walk {
  readonly lines: Map<string, number>
  /** How many elements each list has had. */
  readonly counts: Map<string, number>
  depth: number
  key: string
  line: number
}

function take(walk: Walk, token: string): void {
  if (token === '\n') walk.line += 1
  else if (token === '}' || token === ']') walk.depth -= 1
  else if (token === '{' || token === '[') {
    walk.depth += 1
    if (walk.depth === 3) takeElement(walk)
  } else if (walk.depth === 1) walk.key = JSON.parse(token) as string
}

function takeElement({ lines, counts, key, line }: Walk): void {
  const index = counts.get(key) ?? 0
  counts.set(key, index + 1)
  lines.set(`${key}[${index}]`, line)
}
