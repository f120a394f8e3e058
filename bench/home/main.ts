import { type CabinetBench, openBench } from './bench.ts'
import { readOptions } from './options.ts'
import { storeResult } from './report/store.ts'
import { tables } from './report/table.ts'

const options = readOptions(process.argv)
const bench = await openBench(options)
try {
  if (options.soak === null) await compare(bench)
  else await soakOnce(bench, options.soak)
} finally {
  await bench.close()
}

async function compare({ run }: CabinetBench): Promise<void> {
  const result = await run()
  console.log(tables(result))
  // A part of the bench, or one under a profiler, is not what the README shows.
  if (options.only === null && options.profile === null && !options.connections && !options.lines) storeResult(result)
}

async function soakOnce({ soak }: CabinetBench, seconds: number): Promise<void> {
  const { requests, residentMb, drift, isFlat } = await soak(seconds)
  console.log(`${requests} requests in ${seconds} s; resident MB every 5 s: ${residentMb.join(' ')}`)
  console.log(
    `${isFlat ? 'flat' : 'NOT flat'}: ${(drift * 100).toFixed(1)} % from the first third after warm-up to the last`,
  )
  if (!isFlat) process.exitCode = 1
}
