import { Command } from 'commander'
import { ALL_OPERATIONS, createGateway } from '../../gateway/gateway.ts'
import { createSupergraphFile } from '../../gateway/supergraph-file.ts'
import { createHttpTransport } from '../../gateway/transport/http.ts'
import { systemClock } from '../../platform/clock.ts'
import { processVariables, readCliEnvironment } from '../../platform/environment.ts'
import { ANONYMOUS } from '../../platform/identity/viewer.ts'
import { createNewId } from '../../platform/ids.ts'
import { createLogger } from '../../platform/logger.ts'
import { stopOnSignal } from '../../platform/serving/process.ts'
import { processTerminal } from '../terminal.ts'

interface GatewayOptions {
  readonly supergraph: string
  readonly port: string
}

export function gatewayCommand(): Command {
  return new Command('gateway')
    .description('serve any Federation 2 supergraph over the HTTP subgraphs that it names, without our rules')
    .requiredOption('--supergraph <file>', 'the composed supergraph; served anew when the file changes')
    .option('--port <number>', 'where to listen', '4000')
    .action(async ({ supergraph, port }: GatewayOptions) => {
      const environment = readCliEnvironment(processVariables())
      const logger = createLogger({ name: 'gateway', level: environment.LOG_LEVEL })
      const gateway = await createGateway({
        supergraph: createSupergraphFile({ path: supergraph, logger }),
        transports: ({ url }) => createHttpTransport({ url }),
        authenticate: async () => ANONYMOUS,
        clock: systemClock,
        newId: createNewId(systemClock),
        logger,
        operations: ALL_OPERATIONS,
        hasOperationLimits: false,
        isDevelopment: environment.NODE_ENV !== 'production',
      })
      stopOnSignal(() => gateway.close(), logger)
      await gateway.http.listen({ host: environment.HOST, port: Number(port) })
      processTerminal.result(`Serving ${supergraph} at http://${environment.HOST}:${port}/graphql`)
    })
}
