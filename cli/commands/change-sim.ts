import { Command } from 'commander'
import { request } from 'undici'
import { EnvironmentError, processVariables, readCliEnvironment } from '../../platform/environment.ts'
import { parsePhone } from '../../platform/phone.ts'
import { refuseInProduction } from '../network.ts'
import { STAND_IN_TOKEN, STAND_IN_URL } from '../stand-ins/sim-swap/start.ts'
import { processTerminal } from '../terminal.ts'

export function changeSimCommand(): Command {
  return new Command('change-sim')
    .description('change the SIM of a number in the network that stands in for the operator’s, for development only')
    .requiredOption('--phone <number>', 'of which number, as people type it')
    .option('--url <url>', 'the stand-in, as `start` tells it', STAND_IN_URL)
    .action(async ({ phone, url }: { readonly phone: string; readonly url: string }) => {
      refuseInProduction(readCliEnvironment(processVariables()), 'change-sim')
      const phoneNumber = parsePhone(phone)
      if (phoneNumber === null) throw new EnvironmentError(`${phone} is no telephone number.`)
      const { statusCode, body } = await request(`${url}/changes`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${STAND_IN_TOKEN}` },
        body: JSON.stringify({ phoneNumber }),
      })
      await body.dump()
      if (statusCode !== 204) throw new Error(`the stand-in answered with status ${statusCode}`)
      processTerminal.result('The SIM is changed: credentials of its owner rest for a day.')
    })
}
