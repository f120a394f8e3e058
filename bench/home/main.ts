import { compareAnswers } from './answers.ts'
import { casesNamed } from './cases/cases.ts'
import { startEntrants } from './entrants.ts'
import { startLoad } from './load/load.ts'
import { readOptions } from './options.ts'
import { table } from './report/table.ts'
import { type Rounds, runRounds } from './rounds.ts'
import { crowdWith } from './world/crowd.ts'
import { signIn } from './world/viewers.ts'
import { createWorld } from './world/world.ts'

const options = readOptions(process.argv)
const say = (text: string) => process.stderr.write(`${text}\n`)

say('making the world')
const world = await createWorld()
const entrants = await startEntrants(world, casesNamed(options.only), [])
const load = startLoad()
try {
  say('comparing answers')
  const sample = await Promise.all([2, 1, 10, 100].map((lines) => signIn(world.keys, crowdWith(lines), 5)))
  await compareAnswers(entrants.all, sample.flat())
  for (const lineCount of options.lines) {
    const viewers = await signIn(world.keys, crowdWith(lineCount), options.viewers)
    for (const connections of options.connections) {
      const shared = { world, load, entrants: entrants.all, viewers, connections, seconds: options.seconds }
      await runRounds({ ...shared, onMeasured: () => undefined }, 1, 0)
      const onMeasured: Rounds['onMeasured'] = ({ benchCase }, { cpuMs }) =>
        say(`  ${benchCase.name} ${cpuMs.toFixed(3)}`)
      const measured = await runRounds({ ...shared, onMeasured }, options.rounds, options.seed)
      console.log(`\n${connections} connections, ${lineCount} lines a viewer\n${table(measured)}`)
    }
  }
} finally {
  load.close()
  await entrants.stop()
  await world.close()
}
