import { Command } from 'commander'
import { SUPERGRAPH_PATH } from '../cli/project.ts'
import { processTerminal } from '../cli/terminal.ts'
import { ALL_OPERATIONS, createGateway } from '../gateway/gateway.ts'
import { createSupergraphFile } from '../gateway/supergraph-file.ts'
import { systemClock } from '../platform/clock.ts'
import { ANONYMOUS } from '../platform/identity/viewer.ts'
import { createNewId } from '../platform/ids.ts'
import { silentLogger } from '../platform/logger.ts'

const REQUESTS_AT_ONCE = 32
/** Of the operations, one in so many has a plan with a fetch; the others show only that they are not kept. */
const PLANNED_EVERY = 20
const SAMPLES = 20

const program = new Command('distinct')
  .description('operations of which none comes twice: memory must not grow with their number')
  .option('--operations <count>', 'how many', '1000000')
  .parse()
const total = Number(program.opts<{ operations: string }>().operations)

const gateway = await createGateway({
  supergraph: createSupergraphFile({ path: SUPERGRAPH_PATH, logger: silentLogger }),
  transports: () => ({ send: async () => ({ data: { tariffs: [] } }), close: async () => undefined }),
  authenticate: async () => ANONYMOUS,
  clock: systemClock,
  newId: createNewId(systemClock),
  logger: silentLogger,
  operations: ALL_OPERATIONS,
  isDevelopment: false,
})

let sent = 0
const samples: number[] = []

async function work(): Promise<void> {
  while (sent < total) {
    const number = sent++
    if (number % Math.ceil(total / SAMPLES) === 0) sample(number)
    const query = number % PLANNED_EVERY === 0 ? `{ o${number}: tariffs { id } }` : `{ o${number}: __typename }`
    const response = await gateway.http.inject({ method: 'POST', url: '/graphql', payload: { query } })
    if (response.statusCode !== 200) throw new Error(response.body)
  }
}

function sample(number: number): void {
  const megabytes = process.memoryUsage().rss / 2 ** 20
  samples.push(megabytes)
  processTerminal.progress(`${number.toLocaleString('en')} operations: ${megabytes.toFixed(0)} MiB resident`)
}

await Promise.all(Array.from({ length: REQUESTS_AT_ONCE }, work))
sample(sent)
const half = samples.slice(Math.floor(samples.length / 2))
const growth = ((half.at(-1) ?? 0) / (half[0] ?? 1) - 1) * 100
processTerminal.result(`${total.toLocaleString('en')} distinct operations: ${growth.toFixed(1)} % in the second half`)
await gateway.close()
