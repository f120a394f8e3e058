import { Command } from 'commander'
import { measureBaseline } from './baseline.ts'
import { chargeCases } from './charges.ts'
import { httpChargeCases } from './http-charges.ts'
import { median, type RunCase } from './measure.ts'
import { transferCases } from './transfers.ts'
import { createLedgerWorld } from './world.ts'

const options = new Command('ledger')
  .description('how much money moves in a second, beside what the same database does of two-row transfers')
  .option('--seconds <count>', 'of each case in each round', '5')
  .option('--rounds <count>', 'the cases take turns', '3')
  .option('--clients <count>', 'at once', '64')
  .parse()
  .opts<Record<'seconds' | 'rounds' | 'clients', string>>()
const load = { seconds: Number(options.seconds), clients: Number(options.clients) }

const world = await createLedgerWorld()
try {
  const cases: Record<string, RunCase> = {
    ...(await measureBaseline(world, load)),
    ...(await chargeCases(world, load)),
    ...(await httpChargeCases(world, load)),
    ...(await transferCases(world, load)),
  }
  const perSecond = new Map(Object.keys(cases).map((name) => [name, [] as number[]]))
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [name, run] of Object.entries(cases)) perSecond.get(name)?.push(await run())
  }
  const yardstick = median(perSecond.values().next().value ?? [])
  console.table(
    [...perSecond].map(([name, measured]) => ({
      case: name,
      'per second': Math.round(median(measured)),
      'share of the first': (median(measured) / yardstick).toFixed(2),
      rounds: measured.map(Math.round).join(' '),
    })),
  )
} finally {
  await world.close()
}
