import { Command } from 'commander'
import type { JWK } from 'jose'
import { generatePrivateKey, publicKeys } from '../../platform/identity/keys.ts'
import { systemRandomness } from '../../platform/random.ts'
import { processTerminal } from '../terminal.ts'

export function keysCommand(): Command {
  return new Command('keys')
    .description('make the keys of a real installation, as variables for its processes')
    .action(async () => {
      const serial = String(Math.floor(performance.timeOrigin / 1000))
      const [tokens, gateway, accounts, linkedNumbers, payments] = await Promise.all(
        ['accounts', 'gateway', 'accounts', 'linked-numbers', 'payments'].map((owner) =>
          generatePrivateKey(`${owner}.${serial}`),
        ),
      )
      const lines = [
        '# Keep these in your secret store. Private: each only to the process named.',
        `ACCESS_TOKEN_KEYS='${keySet(tokens)}'`,
        `ACCOUNTS_SECRETS='${systemRandomness.bytes(32).toString('base64url')}'`,
        `PAYMENTS_SECRETS='${systemRandomness.bytes(32).toString('base64url')}'`,
        `GATEWAY_INTERNAL_KEYS='${keySet(gateway)}'`,
        `ACCOUNTS_INTERNAL_KEYS='${keySet(accounts)}'`,
        `LINKED_NUMBERS_INTERNAL_KEYS='${keySet(linkedNumbers)}'`,
        `PAYMENTS_INTERNAL_KEYS='${keySet(payments)}'`,
        '# Public: to every subgraph.',
        `INTERNAL_JWKS='${JSON.stringify(publicKeys({ keys: [gateway, accounts, linkedNumbers, payments].filter(isKey) }))}'`,
      ]
      processTerminal.result(lines.join('\n'))
    })
}

function keySet(key: JWK | undefined): string {
  return JSON.stringify({ keys: [key] })
}

function isKey(key: JWK | undefined): key is JWK {
  return key !== undefined
}
