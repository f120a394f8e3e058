import { viewedBy } from '../../../platform/access/enforce.ts'
import { invariant } from '../../../platform/invariant.ts'
import type { IssuedSession } from '../actions/sessions/open-session.ts'
import type { Context } from '../context.ts'

/** The answer to whoever has just signed in: they read their account in it already. */
export async function signedIn({ accounts }: Context, issued: IssuedSession) {
  const account = await accounts.load(issued.accountId)
  invariant(account, 'who signs in has an account')
  return {
    __typename: 'SignInSuccess' as const,
    session: issued,
    viewer: viewedBy(account, issued.principal),
  }
}
