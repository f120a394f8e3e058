import { existsSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { PROJECT_DIRECTORY } from '../project.ts'
import type { TestCabinet } from './test-cabinet.ts'

/** Mutations whose success is nothing of an account's, each with the reason. */
const WITHOUT_ACT: Readonly<Record<string, string>> = {
  publishNews: 'It is about nobody’s account, and the news itself says who published it and when.',
  withdrawNews: 'It is about nobody’s account, and the news itself says who withdrew it and when.',
}

/** Mutations that take more than a recipe of an operation to succeed: the test that does it, and looks for the act. */
const SHOWN_ELSEWHERE: Readonly<Record<string, string>> = {
  acceptInvitation: 'subgraphs/accounts/organizations.test.ts',
  actForOrganization: 'subgraphs/accounts/organizations.test.ts',
  declineInvitation: 'subgraphs/accounts/organizations.test.ts',
  revokeInvitation: 'subgraphs/accounts/organizations.test.ts',
}

/** The mutations of an answer that succeeded, each with the type of its result. */
export function succeededMutations(data: object): [string, string][] {
  return Object.entries(data).flatMap(([name, result]): [string, string][] => {
    const typename = (result as { __typename?: string } | null)?.__typename ?? ''
    return typename.endsWith('Success') ? [[name, typename]] : []
  })
}

/** What is wrong, in sentences: mutations that succeeded and of which no account's trail tells. */
export async function mutationsWithoutAct(
  cabinet: TestCabinet,
  mutations: readonly string[],
  succeeded: ReadonlyMap<string, { readonly requestId: string }>,
): Promise<string[]> {
  const problems: string[] = []
  for (const mutation of mutations.filter((name) => !(name in WITHOUT_ACT))) {
    const success = succeeded.get(mutation)
    const isShown = success ? await hasAct(cabinet, success.requestId) : isShownElsewhere(mutation)
    if (isShown) continue
    problems.push(
      success
        ? `${mutation} succeeds and writes no act`
        : `${mutation} is brought to a success by no recipe here: see cli/testing/mutation-acts.ts`,
    )
  }
  return problems
}

const PATIENCE_MS = 2_000

/** An act of another subgraph comes as an event, a moment later. */
export async function hasAct({ database }: TestCabinet, requestId: string): Promise<boolean> {
  for (const endsAt = performance.now() + PATIENCE_MS; ; await sleep(20)) {
    const rows = await database.sql('select from accounts.act where request_id = $1 limit 1', [requestId])
    if (rows.length > 0 || performance.now() > endsAt) return rows.length > 0
  }
}

function isShownElsewhere(mutation: string): boolean {
  const file = SHOWN_ELSEWHERE[mutation]
  return file !== undefined && existsSync(path.join(PROJECT_DIRECTORY, file))
}
