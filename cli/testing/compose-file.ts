import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { PROJECT_DIRECTORY } from '../project.ts'

/** A service of docker-compose.yml, as far as the tests look at it. */
export interface Service {
  readonly image: string
  readonly build?: string
  readonly command?: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  readonly depends_on?: readonly string[] | Readonly<Record<string, { readonly condition: string }>>
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean }
  readonly networks: readonly string[]
  readonly ports?: readonly string[]
  readonly profiles?: readonly string[]
  readonly volumes?: readonly string[]
  readonly tmpfs?: readonly string[]
  readonly restart: string
  readonly read_only?: boolean
  readonly init?: boolean
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly stop_grace_period?: string
}

/** A place where compose puts a variable: `${NAME}`, with a default or the words to fail with. */
export interface Interpolation {
  readonly name: string
  readonly default: string | null
  readonly isRequired: boolean
}

const INTERPOLATION = /\$\{(\w+)(?::-([^}]*)|:\?([^}]+))?\}/g

export function projectFile(name: string): string {
  return readFileSync(path.join(PROJECT_DIRECTORY, name), 'utf8')
}

export function readServices(text: string): Readonly<Record<string, Service>> {
  return (parse(text, { merge: true }) as { services: Record<string, Service> }).services
}

export function interpolations(text: string): Interpolation[] {
  return [...text.matchAll(INTERPOLATION)].map(([, name = '', value, words]) => ({
    name,
    default: value ?? null,
    isRequired: words !== undefined,
  }))
}

/** As compose does it, in the values of the file: a variable that is required and not there, or empty, stops everything. */
export function interpolateAll<Value>(value: Value, variables: Readonly<Record<string, string>>): Value {
  const replaced: unknown = JSON.parse(JSON.stringify(value), (_, text: unknown) =>
    typeof text === 'string' ? interpolate(text, variables) : text,
  )
  return replaced as Value
}

function interpolate(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll(INTERPOLATION, (_, name: string, otherwise?: string, words?: string) => {
    const value = variables[name] || otherwise
    if (!value && words) throw new Error(`required variable ${name} is missing a value: ${words}`)
    return value ?? ''
  })
}

/** The variables that a file such as `.env.example` names; those that may be left out are commented. */
export function readEnvironmentFile(text: string): { name: string; value: string; isComment: boolean }[] {
  return [...text.matchAll(/^(# )?([A-Z_]+)=(.*)$/gm)].map(([, comment, name = '', value = '']) => ({
    name,
    value,
    isComment: comment !== undefined,
  }))
}
