import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { CrashArguments } from './crashing-process.ts'
import { POINT_NAMES, type Point } from './points.ts'
import { effectsOf, KOPECKS, REQUEST_KINDS, type Request, send } from './requests.ts'
import { inParallel, noteError, openLines, type TortureReport, type TortureWorld } from './torture.ts'

export interface ProcessKillsOptions {
  /** The database, as the crashing process reaches it. */
  readonly url: string
  /** How often at each point of each request. */
  readonly rounds: number
  readonly atOnce: number
  readonly kinds?: readonly Request['kind'][]
  /** How a request is sent again; a test plants a mistake here. */
  readonly resend?: typeof send
}

const PROCESS = fileURLToPath(new URL('crashing-process.ts', import.meta.url))

/** Processes die at every named point of every request: what was begun is fully done or fully absent, and then done once. */
export async function tortureProcessKills(world: TortureWorld, options: ProcessKillsOptions): Promise<TortureReport> {
  const problems: string[] = []
  const deaths = Array.from({ length: options.rounds }, () =>
    (options.kinds ?? REQUEST_KINDS).flatMap((kind) => POINT_NAMES.map((point) => ({ kind, point }))),
  ).flat()
  await inParallel({ count: deaths.length, atOnce: options.atOnce, onDone: world.onDone }, async (number) => {
    const { kind, point } = deaths[number] as (typeof deaths)[0]
    try {
      problems.push(...(await dieOnce(world, options, { kind, point })))
    } catch (error) {
      noteError(problems, error)
    }
  })
  return { name: 'killed processes', problems, figures: { kills: deaths.length, points: POINT_NAMES.length } }
}

async function dieOnce(
  world: TortureWorld,
  { url, resend = send }: ProcessKillsOptions,
  { kind, point }: { readonly kind: Request['kind']; readonly point: Point },
): Promise<string[]> {
  const [lineId = '', otherLineId = ''] = await openLines(world, [KOPECKS * 3n, KOPECKS])
  const request = { kind, lineId, otherLineId, key: world.newId() }
  if (kind === 'capture') await send(world, { ...request, kind: 'reserve' })
  const { signal, output } = await runToDeath({ url, point, request })
  const where = `${kind}, ${point}`
  if (signal !== 'SIGKILL') return [`${where}: the process lived`]
  const problems: string[] = []
  if (output.includes('answered')) problems.push(`${where}: answered before the point`)
  const before = await effectsOf(world, request)
  const expected = point === 'after the commit' ? 1 : 0
  if (before !== expected) problems.push(`${where}: ${before} effects are left, not ${expected}`)
  for (let again = 0; again < 2; again++) await resend(world, request)
  const after = await effectsOf(world, request)
  if (after !== 1) problems.push(`${where}: ${after} effects after it was sent again`)
  return problems
}

async function runToDeath(about: CrashArguments): Promise<{ signal: string | null; output: string }> {
  const child = spawn(process.execPath, [PROCESS, JSON.stringify(about)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk
  })
  const [, signal] = (await once(child, 'close')) as [number | null, string | null]
  return { signal, output }
}
