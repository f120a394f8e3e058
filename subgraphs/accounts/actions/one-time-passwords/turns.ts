import type { Client } from '../../../../platform/identity/viewer.ts'
import type { E164 } from '../../../../platform/phone.ts'
import type { AccountsPolicies } from '../../store/policies.ts'
import type { Turn } from '../../store/turns.ts'
import { networkOf } from '../network.ts'

/** Numbers that are sold together share all but these digits. */
const DIGITS_OF_A_SERIES = 4

/** What one who asks takes of their own: asked for first, so that who has none left takes nothing of everybody's. */
export function ownSendTurns(client: Client, policies: AccountsPolicies): Turn[] {
  return ownTurns('otp-send', client, {
    address: policies['otp.sendsPerAddressHour'],
    device: policies['otp.sendsPerDeviceHour'],
  })
}

/** What a message takes of what all share: the messages to numbers that begin alike, and those of the whole operator. */
export function sharedSendTurns(phone: E164, policies: AccountsPolicies): Turn[] {
  return [
    { key: `otp-send prefix ${phone.slice(0, -DIGITS_OF_A_SERIES)}`, hourMax: policies['otp.sendsPerPrefixHour'] },
    { key: 'otp-send all', hourMax: policies['otp.sendsPerHour'] },
  ]
}

export function guessTurns(client: Client, policies: AccountsPolicies): Turn[] {
  return ownTurns('otp-guess', client, {
    address: policies['otp.guessesPerAddressHour'],
    device: policies['otp.guessesPerDeviceHour'],
  })
}

function ownTurns(
  what: string,
  { address, device }: Client,
  hourMax: { readonly address: number; readonly device: number },
): Turn[] {
  const network = networkOf(address)
  return [
    { key: `${what} address ${network}`, hourMax: hourMax.address },
    // A program without an id of its own has the same mark everywhere: it counts at its address only.
    { key: `${what} device ${device ?? 'unknown'} ${network}`, hourMax: hourMax.device },
  ]
}
