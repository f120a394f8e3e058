import { Command } from 'commander'
import { systemClock } from '../../platform/clock.ts'
import { EnvironmentError, processVariables, readCliEnvironment } from '../../platform/environment.ts'
import { signingKey } from '../../platform/identity/keys.ts'
import { createNewId } from '../../platform/ids.ts'
import { createLogger } from '../../platform/logger.ts'
import { parsePhone } from '../../platform/phone.ts'
import { stopOnSignal } from '../../platform/serving/process.ts'
import { developmentElementKeys } from '../development-keys.ts'
import { stateDirectory } from '../project.ts'
import { startNetworkElement } from '../stand-ins/network-element/network-element.ts'
import { processTerminal } from '../terminal.ts'

interface NetworkOptions {
  readonly phone: string
  readonly port: string
  readonly gateway: string
}

export function networkCommand(): Command {
  return new Command('network')
    .description('stand in for the operator’s own network, before a running cabinet; for development only')
    .requiredOption('--phone <number>', 'whose telephone every request is to come from, as people type it')
    .option('--port <number>', 'where to listen', '4080')
    .option('--gateway <url>', 'where the cabinet listens', 'http://127.0.0.1:4000')
    .action(async ({ phone: text, port, gateway }: NetworkOptions) => {
      const environment = readCliEnvironment(processVariables())
      if (environment.NODE_ENV === 'production') {
        throw new EnvironmentError('`network` is for development: in production the network has its own element.')
      }
      const phone = parsePhone(text)
      if (phone === null) throw new EnvironmentError('The number cannot be read. Type it like 9161234567.')
      const element = await startNetworkElement({
        port: Number(port),
        gatewayUrl: gateway,
        phone,
        signer: await signingKey(await developmentElementKeys(stateDirectory(environment))),
        clock: systemClock,
        newId: createNewId(systemClock),
      })
      stopOnSignal(element.close, createLogger({ name: 'network', level: environment.LOG_LEVEL }))
      processTerminal.result(`Whoever asks ${element.url}/graphql comes from that telephone.`)
    })
}
