/** Throws when what the code relies on does not hold: always a bug or a broken machine, never bad input. */
export function invariant(condition: unknown, expectation: string): asserts condition {
  if (!condition) throw new Error(`Broken invariant: ${expectation}`)
}

/** The `default` of an exhaustive switch: a new kind that nobody handles fails the type check here. */
export function unreachable(value: never): never {
  throw new Error(`Unexpected kind: ${JSON.stringify(value)}`)
}
