import { invariant } from '../../../platform/invariant.ts'
import type { Context } from '../context.ts'
import type { LineRow } from '../store/lines.ts'

/** The line of a mutation that has just been done, for the one who did it. */
export async function loadLine({ lines, grant }: Context, lineId: string): Promise<LineRow> {
  const line = await lines.load({ lineId, ...grant })
  invariant(line, 'a line that its owner or manager has just changed is there for them')
  return line
}
