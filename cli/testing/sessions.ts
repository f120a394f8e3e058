import type { OrganizationRole } from '../../platform/identity/viewer.ts'
import { invariant } from '../../platform/invariant.ts'
import { readOperations } from '../../schema/operations.ts'
import type { Answer, TestCabinet } from './test-cabinet.ts'

/** The tokens that a front end keeps. */
export interface TestSession {
  readonly accessToken: string
  readonly refreshToken: string
}

/** Opens a session of an account as a developer does: a real one. */
export async function openTestSession(
  cabinet: Pick<TestCabinet, 'subgraphs'>,
  accountId: string,
  organizationRole: OrganizationRole | null = null,
): Promise<TestSession> {
  const session = await cabinet.subgraphs.accounts.openDevelopmentSession({
    accountId,
    organizationRole,
    accessTokenSeconds: 900,
  })
  invariant(session, 'the organization has a member in the role')
  return session
}

const OPERATIONS = readOperations()

/** Sends an operation of `schema/operations/` from a device. */
export function send(
  cabinet: Pick<TestCabinet, 'ask'>,
  operation: string,
  {
    input,
    device,
    accessToken,
  }: { readonly input?: object; readonly device?: string; readonly accessToken?: string | undefined },
): Promise<Answer> {
  const query = OPERATIONS[`${operation}.graphql`]
  invariant(query, `there is an operation ${operation}`)
  const headers = device === undefined ? {} : { 'x-device-id': device }
  return cabinet.ask({ query, ...(input && { variables: { input } }), headers }, accessToken)
}

/** Trades a refresh token from a device; null when that is refused. */
export async function refresh(
  cabinet: Pick<TestCabinet, 'ask'>,
  refreshToken: string,
  device: string,
): Promise<TestSession | null> {
  const { data, errors } = await send(cabinet, 'refresh-session', { input: { refreshToken }, device })
  invariant(!errors, `refreshing has no errors: ${JSON.stringify(errors)}`)
  const { __typename, session } = data.refreshSession
  invariant(__typename === 'SignInSuccess' || __typename === 'InvalidRefreshTokenError', __typename)
  return session ?? null
}
