import type { HeldModel, World } from './world.ts'

/** What an operation that would end a hold was told. */
export type Ending =
  | { readonly kind: 'ended'; readonly posted: bigint }
  /** Its time is over: it was swept, or will be. */
  | { readonly kind: 'overdue' }
  /** Another has ended it, or is about to be told so. */
  | { readonly kind: 'otherwise' }
  | { readonly kind: 'wrong'; readonly what: string }

/** What holds are for: services end theirs, lines spend points, merchants are paid. */
export type HeldFor = 'services' | 'points' | 'merchants'

/** Tries to end one of the holds that were acknowledged. */
export async function endHold(
  world: World,
  { heldFor, pick }: { readonly heldFor: HeldFor; readonly pick: number },
  end: (held: HeldModel) => Promise<Ending>,
): Promise<void> {
  const some = world.held.filter((held) => purposeOf(held) === heldFor)
  const held = some[pick % some.length]
  if (!held) return
  const flight = held.book.begin({ gain: held.amount })
  held.ending++
  const ending = await end(held)
  held.ending--
  flight.end()
  if (ending.kind === 'wrong') world.problems.push(`the hold ${held.key} is ${ending.what}`)
  else if (ending.kind === 'ended') noteEnd(world, held, ending.posted)
  else if (ending.kind === 'overdue' && held.expiresAt <= world.sweptUntil) noteEnd(world, held, 0n)
}

function purposeOf({ book, line, quote }: HeldModel): HeldFor {
  if (book !== line) return 'points'
  return quote ? 'merchants' : 'services'
}

/** A hold ends once: what was acknowledged first is what became of it. */
export function noteEnd(world: World, held: HeldModel, posted: bigint): void {
  const { key, sourceKey, line, book, amount } = held
  if (!held.isWaiting) return
  held.isWaiting = false
  world.done(posted === 0n ? `!freed:${key}` : sourceKey, book, { posted, reserved: -amount })
  if (purposeOf(held) === 'services') line.uncounted -= posted
  if (purposeOf(held) === 'points') line.points.lots.endHold(key, -posted)
}
