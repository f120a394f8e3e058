import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2'
import { invariant } from '../../platform/invariant.ts'
import { readOperations } from '../../schema/operations.ts'
import type { Answer } from './test-cabinet.ts'

/** An installation of the app on one device: it knows the operations of the contract, and goes over the network. */
export interface FrontEnd {
  /** Sends an operation by the name of its file in `schema/operations/`. */
  ask(operation: string, variables?: object, accessToken?: string): Promise<Pick<Answer, 'data' | 'errors'>>
  /** Sends a mutation of the same name, and gives what it came to. */
  // biome-ignore lint/suspicious/noExplicitAny: a test knows the shape of the answer it asked for.
  mutate(mutation: string, input?: object, accessToken?: string): Promise<any>
}

const OPERATIONS = readOperations()

export function createFrontEnd(url: string, device: string): FrontEnd {
  const ask: FrontEnd['ask'] = async (operation, variables, accessToken) => {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'accept-language': 'en',
        'x-device-id': device,
        ...(accessToken !== undefined && { authorization: `Bearer ${accessToken}` }),
      },
      body: JSON.stringify({ query: operationText(operation), variables }),
    })
    return (await response.json()) as Answer
  }
  return {
    ask,
    async mutate(mutation, input, accessToken) {
      const file = mutation.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
      const { data, errors } = await ask(file, input && { input }, accessToken)
      invariant(!errors, `${mutation} has no errors: ${JSON.stringify(errors)}`)
      return data[mutation]
    },
  }
}

export function operationText(operation: string): string {
  const text = OPERATIONS[`${operation}.graphql`]
  invariant(text, `there is an operation ${operation}`)
  return text
}

/** Does the work that stands for a captcha, as a front end does while people type their number. */
export async function passCaptcha(app: FrontEnd): Promise<{ captchaId: string; captchaAnswer: string }> {
  const { proofOfWork } = await app.mutate('requestProofOfWork')
  const { challenge } = proofOfWork
  const solution = await solveChallenge({ challenge, deriveKey })
  const captchaAnswer = Buffer.from(JSON.stringify({ challenge, solution })).toString('base64')
  return { captchaId: proofOfWork.id, captchaAnswer }
}
