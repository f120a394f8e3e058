import { unavailable } from '../../../../platform/errors.ts'
import type { AskSubgraph } from '../../../../platform/subgraph/ask.ts'

const NUMBER_OF_LINE = 'query ($lineId: ID!) { numberOfLine(lineId: $lineId) }'

/** The number of a line, where its receipts go; null when there is no such line. */
export async function askPhone(
  { ask }: { readonly ask: Readonly<Record<'linked-numbers', AskSubgraph>> },
  lineId: string,
): Promise<string | null> {
  const { numberOfLine } = await ask['linked-numbers']({ query: NUMBER_OF_LINE, variables: { lineId } }).catch(() => {
    throw unavailable()
  })
  return numberOfLine as string | null
}
