import { readFileSync } from 'node:fs'
import { runDifferential } from './differential.ts'

/** `npm run test:differential -- [count] [seed] [supergraph]` */
const [count = '10000', seed = String(process.hrtime.bigint()), file] = process.argv.slice(2)
const supergraphSdl = readFileSync(file ?? new URL('../../../schema/supergraph.graphql', import.meta.url), 'utf8')

say(`${count} operations, seed ${seed}`)
const { mismatches, deviations } = await runDifferential({ supergraphSdl, operationCount: Number(count), seed })
for (const { seed, operation, engine, stock } of mismatches) {
  say(`\n${seed}\n${operation.query}\n${JSON.stringify(operation.variables)}`)
  say(`engine: ${JSON.stringify(engine, null, 1)}\nstock: ${JSON.stringify(stock, null, 1)}`)
}
say(`explained by deviations: ${JSON.stringify(deviations)}`)
say(`${mismatches.length} mismatches`)
process.exitCode = mismatches.length === 0 ? 0 : 1

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
