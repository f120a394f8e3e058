import { Command } from 'commander'
import { systemClock } from '../../platform/clock.ts'
import { EnvironmentError, processVariables, readCliEnvironment } from '../../platform/environment.ts'
import { createNewId } from '../../platform/ids.ts'
import { parsePhone } from '../../platform/phone.ts'
import { systemRandomness } from '../../platform/random.ts'
import { sendUssd } from '../../platform/ussd/client.ts'
import { readUssdKey, refuseInProduction } from '../network.ts'
import { processTerminal } from '../terminal.ts'

interface UssdOptions {
  readonly phone: string
  readonly language: string
  readonly url?: string
}

export function ussdCommand(): Command {
  return new Command('ussd')
    .description('dial a code on a telephone, as the operator’s USSD gateway tells of it, for development only')
    .argument('<code>', 'such as *100#')
    .argument('[answers...]', 'what is typed into the menus that follow')
    .requiredOption('--phone <number>', 'of which telephone, as people type it')
    .option('--language <language>', 'ru or en', 'ru')
    .option('--url <url>', 'the endpoint; the cabinet that runs on this machine by default')
    .action(async (code: string, answers: readonly string[], { phone, language, url }: UssdOptions) => {
      const environment = readCliEnvironment(processVariables())
      refuseInProduction(environment, 'ussd')
      const msisdn = parsePhone(phone)
      if (msisdn === null) throw new EnvironmentError(`${phone} is no telephone number.`)
      const client = {
        url: url ?? `http://${environment.HOST}:${environment.PORT}/ussd`,
        key: (await readUssdKey(environment)) ?? '',
        clock: systemClock,
        random: systemRandomness,
      }
      const session = { sessionId: createNewId(systemClock)(), msisdn, language }
      let reply = await sendUssd(client, { ...session, text: code, phase: 'BEGIN' })
      processTerminal.result(reply.text)
      for (const text of answers) {
        if (reply.action === 'END') return
        reply = await sendUssd(client, { ...session, text, phase: 'CONTINUE' })
        processTerminal.result(`\n> ${text}\n${reply.text}`)
      }
    })
}
