import { existsSync, readFileSync } from 'node:fs'
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getNamedType,
  getOperationAST,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  validate,
  visit,
} from 'graphql'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  ORGANIZATION_ID,
  OWNER_ID,
  STRANGER_ID,
  type Subject,
  VIEWER_KINDS,
  type ViewerKind,
} from '../cli/testing/access/viewers.ts'
import { createWorld, SUBSCRIBER_PHONE } from '../cli/testing/access/world.ts'
import { askFirst } from '../cli/testing/event-stream.ts'
import { insertCard } from '../cli/testing/fixture.ts'
import { mutationsWithoutAct, succeededMutations } from '../cli/testing/mutation-acts.ts'
import { openTestCabinet, type TestCabinet } from '../cli/testing/test-cabinet.ts'
import { registerOperation } from '../platform/operations/manifest.ts'
import { apiSchema } from './compose.ts'
import { releasedOperations } from './manifest.ts'
import { readOperations } from './operations.ts'

/** How a test sends one operation. */
interface OperationRecipe {
  /** Who sends it: the name of a kind of viewer. */
  readonly as: string
  readonly variables?: (subject: Subject) => object
  /** What must be there before, beside the world of the access table. */
  readonly prepare?: (cabinet: TestCabinet, subject: Subject) => Promise<unknown>
  /** What the answer's data holds, at least. */
  readonly answer: (subject: Subject) => object
}

const access = (accountId: string, ...rights: string[]) => ({ accountId, rights, until: null })
const GOOD_PASSWORD = 'three grey herons by the pond'
const FROM_NOWHERE = { flowSecret: 'none', callbackUrl: 'https://cabinet.example/back?code=x&state=y' }
/** What the owner was told before anybody asks. */
const NOTICE_ID = '01900009-0000-7000-8000-000000000001'
/** The payment of a quote has its id, and the world's line has a payment under its own. */
const QUOTE_ID = '01900009-0000-7000-8000-000000000002'
const holdsOffer = expect.objectContaining({ code: 'option-1' })

/** The stranger is a member of the organization again, whatever an operation before did. */
const withMember = ({ database }: TestCabinet) =>
  database.sql(
    `insert into accounts.organization_member (organization_id, member_id, role) values ($1, $2, 'USER')
     on conflict (organization_id, member_id) do update set role = 'USER'`,
    [ORGANIZATION_ID, STRANGER_ID],
  )
const member = { id: STRANGER_ID, displayName: 'Account 3', role: 'USER', monthlyLimit: null }
const page = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } }

/** By file. An operation without a recipe fails the test: say who sends it and what comes back. */
const RECIPES: Readonly<Record<string, OperationRecipe>> = {
  'account.graphql': {
    as: 'organization: owner',
    answer: () => ({
      viewer: {
        id: ORGANIZATION_ID,
        kind: 'ORGANIZATION',
        language: 'RU',
        members: [{ id: STRANGER_ID, displayName: 'Account 3', role: 'USER' }],
      },
    }),
  },
  'account-by-id.graphql': {
    as: 'staff: consultant',
    variables: () => ({ id: STRANGER_ID }),
    answer: () => ({ account: { id: STRANGER_ID, members: [], lines: { nodes: [{ msisdn: SUBSCRIBER_PHONE }] } } }),
  },
  // Paying takes an acquirer: cli/card-top-up.test.ts.
  'cards.graphql': { as: 'owner', answer: () => ({ cards: [] }) },
  'payment.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({ lineId, id: lineId }),
    answer: ({ lineId }) => ({
      payment: { id: lineId, kind: 'TOP_UP', status: 'SUCCEEDED', amount: { amount: '150.00' }, failure: null },
    }),
  },
  'top-up.graphql': {
    as: 'linked, PAY',
    variables: ({ lineId }) => ({
      input: { lineId, amount: '150.00', returnUrl: 'http://localhost/', idempotencyKey: '1' },
    }),
    answer: () => ({ topUp: { __typename: 'CardPaymentsUnavailableError', path: [] } }),
  },
  'remove-card.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({ input: { cardId: lineId } }),
    answer: () => ({ removeCard: { __typename: 'CardNotFoundError', path: ['cardId'], reasons: expect.any(Array) } }),
  },
  'refund-payment.graphql': {
    as: 'staff: supervisor',
    variables: ({ lineId }) => ({ input: { lineId, paymentId: lineId, idempotencyKey: '1' } }),
    answer: () => ({ refundPayment: { __typename: 'CardPaymentsUnavailableError', path: [] } }),
  },
  'catalogue.graphql': {
    as: 'anonymous',
    answer: () => ({
      tariffs: [
        { code: 'base', monthlyFee: { amount: '300.00', currencyCode: 'RUB' }, allowances: [{ unit: 'MEGABYTE' }] },
      ],
      options: [{ code: 'option-1', period: 'MONTH' }, { code: 'option-2' }, { code: 'option-3' }],
    }),
  },
  'quote-transfer.graphql': {
    as: 'linked, PAY',
    variables: ({ lineId }) => ({ input: { fromLineId: lineId, toPhone: SUBSCRIBER_PHONE, amount: '10.00' } }),
    answer: () => ({
      quoteTransfer: {
        __typename: 'QuoteTransferSuccess',
        quote: {
          ...{ toPhone: SUBSCRIBER_PHONE, amount: { amount: '10.00' }, fee: { amount: '7.00' } },
          ...{ total: { amount: '17.00' }, balanceAfter: null },
        },
      },
    }),
  },
  'confirm-transfer.graphql': {
    as: 'owner',
    prepare: ({ database }, { lineId }) =>
      database.sql(
        `insert into payments.transfer_quote (account_id, id, acting_account_id, line_id, to_phone, to_line_id, amount,
           fee, fee_version, quoted_at, valid_until)
         select $1, $4, $1, $2, msisdn, line_id, 1000, 700, 1, now(), now() + interval '5 minutes'
         from linked_numbers.directory where msisdn = $3`,
        [OWNER_ID, lineId, SUBSCRIBER_PHONE, QUOTE_ID],
      ),
    variables: ({ lineId }) => ({ input: { quoteId: QUOTE_ID, idempotencyKey: lineId } }),
    answer: () => ({
      confirmTransfer: { __typename: 'ConfirmTransferSuccess', payment: { id: QUOTE_ID, status: 'PENDING' } },
    }),
  },
  'take-promised-payment.graphql': {
    as: 'owner',
    prepare: ({ database }, { lineId }) =>
      database.sql('delete from payments.promised_payment where line_id = $1', [lineId]),
    variables: ({ lineId }) => ({ input: { lineId, amount: '150.00', idempotencyKey: lineId } }),
    answer: () => ({
      takePromisedPayment: {
        __typename: 'TakePromisedPaymentSuccess',
        promisedPayment: { amount: { amount: '150.00' }, fee: { amount: '7.00' } },
      },
    }),
  },
  'promised-payment-eligibility.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({ lineId }),
    answer: ({ lineId }) => ({
      line: {
        promisedPayment: { id: lineId, amount: { amount: '30.00' } },
        promisedPaymentEligibility: {
          isEligible: false,
          maxAmount: { amount: '200.00' },
          offers: [{ amount: { amount: '30.00' } }, { amount: { amount: '200.00' } }],
          reasons: [{ code: 'PROMISED_PAYMENT_ACTIVE' }],
        },
      },
    }),
  },
  'disable-number-management.graphql': {
    as: 'owner',
    prepare: ({ database }, { lineId }) =>
      database.sql('insert into linked_numbers.number_management (line_id, enabled_at) values ($1, now())', [lineId]),
    variables: ({ lineId }) => ({ input: { lineId } }),
    answer: ({ lineId }) => ({
      disableNumberManagement: {
        __typename: 'DisableNumberManagementSuccess',
        line: { id: lineId, isNumberManagementEnabled: false },
      },
    }),
  },
  'enable-number-management.graphql': {
    as: 'linked, MANAGE',
    variables: ({ lineId }) => ({ input: { lineId } }),
    answer: ({ lineId }) => ({
      enableNumberManagement: { __typename: 'EnableNumberManagementSuccess', line: { id: lineId } },
    }),
  },
  'merchants.graphql': { as: 'owner', answer: () => ({ merchants: { nodes: [] } }) },
  'quote-purchase.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({
      input: { lineId, merchantId: 'nobody', reference: '1', amount: '1.00' },
    }),
    answer: () => ({ quotePurchase: { __typename: 'MerchantNotFoundError', path: ['merchantId'] } }),
  },
  'confirm-purchase.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({ input: { quoteId: lineId, idempotencyKey: 'a purchase' } }),
    answer: () => ({ confirmPurchase: { __typename: 'PurchaseQuoteNotFoundError', path: ['quoteId'] } }),
  },
  'give-bonus-points.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({
      input: { fromLineId: lineId, toPhone: SUBSCRIBER_PHONE, points: 10, idempotencyKey: 'a gift' },
    }),
    answer: ({ lineId }) => ({
      giveBonusPoints: {
        __typename: 'GiveBonusPointsSuccess',
        points: 10,
        line: { id: lineId, bonuses: expect.objectContaining({ points: 60 }) },
      },
    }),
  },
  'grant-line-access.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({ input: { lineId, phone: SUBSCRIBER_PHONE, rights: ['VIEW', 'PAY'] } }),
    answer: ({ lineId }) => ({
      grantLineAccess: {
        __typename: 'GrantLineAccessSuccess',
        line: { id: lineId, accessList: expect.arrayContaining([access(STRANGER_ID, 'VIEW', 'PAY')]) },
      },
    }),
  },
  'home.graphql': {
    as: 'linked, VIEW',
    answer: ({ lineId }) => ({
      viewer: {
        lines: {
          nodes: expect.arrayContaining([
            expect.objectContaining({
              id: lineId,
              alias: 'Home',
              balance: expect.objectContaining({ available: { amount: '300.00', currencyCode: 'RUB' } }),
              bonuses: expect.objectContaining({ points: 70 }),
              tariff: expect.objectContaining({ name: 'Base' }),
              activeOptions: [expect.objectContaining({ name: 'Option 1' })],
            }),
          ]),
        },
      },
    }),
  },
  'bonus-statement.graphql': {
    as: 'linked, VIEW',
    variables: ({ lineId }) => ({ lineId }),
    answer: ({ lineId }) => ({
      line: {
        id: lineId,
        bonuses: {
          points: 70,
          entries: {
            nodes: [{ points: 70, pointsAfter: 70, explanation: { orderId: null } }],
            pageInfo: { hasNextPage: false },
          },
        },
      },
    }),
  },
  'statement.graphql': {
    as: 'linked, VIEW',
    variables: ({ lineId }) => ({ lineId }),
    answer: ({ lineId }) => ({
      line: {
        id: lineId,
        ledgerEntries: {
          nodes: [
            { kind: 'TOP_UP', balanceAfter: { amount: '300.00', currencyCode: 'RUB' } },
            {
              kind: 'OPENING_BALANCE',
              amount: { amount: '150.00', currencyCode: 'RUB' },
              balanceAfter: { amount: '150.00', currencyCode: 'RUB' },
              postedAt: '2024-01-15T00:00:00.000Z',
              explanation: { orderId: null, paymentId: null, policyName: null, policyVersion: null },
            },
          ],
          pageInfo: { hasNextPage: false },
        },
        payments: {
          nodes: [
            { id: lineId, kind: 'TOP_UP', status: 'SUCCEEDED', amount: { amount: '150.00', currencyCode: 'RUB' } },
          ],
          pageInfo: { hasNextPage: false, endCursor: expect.any(String) },
        },
      },
    }),
  },
  'payments.graphql': {
    as: 'linked, VIEW',
    variables: ({ lineId }) => ({ lineId, first: 1 }),
    answer: ({ lineId }) => ({
      line: {
        id: lineId,
        payments: {
          nodes: [{ id: lineId, kind: 'TOP_UP', fee: { amount: '0.00' }, failure: null }],
          pageInfo: { hasNextPage: false, endCursor: expect.any(String) },
        },
      },
    }),
  },
  'spending.graphql': {
    as: 'staff: consultant',
    variables: ({ lineId }) => ({ lineId, from: '2024-01-01', to: '2024-02-15' }),
    answer: () => ({
      line: {
        spending: {
          received: { amount: '150.00' },
          spent: { amount: '0.00' },
          byKind: [{ kind: 'OPENING_BALANCE', amount: { amount: '150.00' }, count: 1 }],
          periods: [
            { from: '2024-01-01', to: '2024-01-31', received: { amount: '150.00' } },
            { from: '2024-02-01', to: '2024-02-15', received: { amount: '0.00' }, byKind: [] },
          ],
        },
      },
    }),
  },
  'balance-at.graphql': {
    as: 'organization: accountant',
    variables: ({ lineId }) => ({ lineId, at: '2024-06-01T00:00:00Z' }),
    answer: () => ({ line: { balanceAt: { posted: { amount: '150.00' }, at: '2024-06-01T00:00:00.000Z' } } }),
  },
  'forecast-balance.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({ lineId, days: 31 }),
    answer: () => ({
      line: {
        forecast: {
          // With 30 ₽ that are promised, which go before all else.
          spendable: { amount: '330.00' },
          // The tariff's 300 ₽ and the option's 50 ₽ a month.
          charges: [
            { kind: 'PROMISED_PAYMENT_DUE', amount: { amount: '-30.00' } },
            { kind: 'SUBSCRIPTION_FEE' },
            { kind: 'SUBSCRIPTION_FEE' },
          ],
          shortfall: { amount: '50.00' },
        },
      },
    }),
  },
  'line.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({ id: lineId }),
    answer: ({ lineId, phone }) => ({
      line: {
        id: lineId,
        msisdn: phone,
        rights: ['VIEW', 'PAY', 'MANAGE', 'OWN'],
        balance: { available: { amount: '300.00' } },
        bonuses: { points: 70 },
        tariff: { code: 'base', isArchived: false },
        activeOptions: [holdsOffer],
      },
    }),
  },
  'line-by-phone.graphql': {
    as: 'staff: supervisor',
    variables: ({ phone }) => ({ phone }),
    answer: ({ lineId }) => ({
      lineByPhone: { id: lineId, balance: { available: { amount: '300.00' } }, tariff: { name: 'Base' } },
    }),
  },
  // Passing a captcha and reading a password take more than one operation: subgraphs/accounts tests what follows.
  'one-time-password-delivery.graphql': {
    as: 'anonymous',
    variables: ({ lineId }) => ({ id: lineId }),
    answer: () => ({ oneTimePasswordDelivery: null }),
  },
  'request-captcha.graphql': {
    as: 'anonymous',
    answer: () => ({
      requestCaptcha: { captcha: { image: expect.stringMatching(/^data:image\/svg\+xml;base64,/) } },
    }),
  },
  'request-one-time-password.graphql': {
    as: 'anonymous',
    variables: ({ phone }) => ({ input: { phone, captchaId: 'none', captchaAnswer: 'none' } }),
    answer: () => ({ requestOneTimePassword: { __typename: 'CaptchaFailedError', path: ['captchaAnswer'] } }),
  },
  'request-proof-of-work.graphql': {
    as: 'anonymous',
    answer: () => ({
      requestProofOfWork: {
        proofOfWork: { challenge: { parameters: { algorithm: 'PBKDF2/SHA-256', keyPrefix: '00' } } },
      },
    }),
  },
  'resend-one-time-password.graphql': {
    as: 'anonymous',
    variables: ({ lineId }) => ({ input: { deliveryId: lineId } }),
    answer: () => ({ resendOneTimePassword: { __typename: 'OneTimePasswordDeliveryNotFoundError' } }),
  },
  'change-password.graphql': {
    as: 'owner',
    variables: () => ({ input: { currentPassword: 'none yet', newPassword: GOOD_PASSWORD, otherSessions: 'END' } }),
    answer: () => ({ changePassword: { __typename: 'WrongPasswordError', path: ['currentPassword'] } }),
  },
  'has-password.graphql': { as: 'owner', answer: () => ({ viewer: { hasPassword: false } }) },
  'reset-password.graphql': {
    as: 'owner',
    variables: () => ({ input: { newPassword: GOOD_PASSWORD, otherSessions: 'END' } }),
    answer: () => ({ resetPassword: { __typename: 'FreshSignInRequiredError' } }),
  },
  'set-password.graphql': {
    as: 'owner',
    variables: () => ({ input: { newPassword: '123456', otherSessions: 'KEEP' } }),
    answer: () => ({ setPassword: { __typename: 'WeakPasswordError', path: ['newPassword'] } }),
  },
  'sign-in-with-password.graphql': {
    as: 'anonymous',
    variables: ({ phone }) => ({ input: { phone, password: GOOD_PASSWORD } }),
    answer: () => ({ signInWithPassword: { __typename: 'WrongPasswordError', path: ['password'] } }),
  },
  // The sessions of the table's viewers were never opened: cli/sessions.test.ts sends these with sessions that were.
  'refresh-session.graphql': {
    as: 'anonymous',
    variables: () => ({ input: { refreshToken: 'no token' } }),
    answer: () => ({ refreshSession: { __typename: 'InvalidRefreshTokenError', path: ['refreshToken'] } }),
  },
  'revoke-other-sessions.graphql': {
    as: 'owner',
    answer: () => ({ revokeOtherSessions: { __typename: 'SessionNotFoundError' } }),
  },
  'revoke-session.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({ input: { sessionId: lineId } }),
    answer: () => ({ revokeSession: { __typename: 'SessionNotFoundError', path: ['sessionId'] } }),
  },
  'sessions.graphql': { as: 'owner', answer: () => ({ viewer: { sessions: [] } }) },
  'sign-out.graphql': { as: 'owner', answer: () => ({ signOut: { __typename: 'SessionNotFoundError' } }) },
  'revoke-line-access.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({ input: { lineId, accountId: viewerNamed('linked, VIEW').accountId } }),
    answer: ({ lineId }) => ({
      revokeLineAccess: {
        __typename: 'RevokeLineAccessSuccess',
        line: {
          id: lineId,
          accessList: expect.not.arrayContaining([access(viewerNamed('linked, VIEW').accountId ?? '', 'VIEW')]),
        },
      },
    }),
  },
  'sign-in-with-one-time-password.graphql': {
    as: 'anonymous',
    variables: ({ phone }) => ({ input: { phone, code: '000000' } }),
    answer: () => ({ signInWithOneTimePassword: { __typename: 'InvalidOneTimePasswordError', path: ['code'] } }),
  },
  'unlink-number.graphql': {
    as: 'linked, MANAGE',
    variables: ({ lineId }) => ({ input: { lineId } }),
    answer: ({ lineId }) => ({ unlinkNumber: { __typename: 'UnlinkNumberSuccess', lineId } }),
  },
  // Here no provider is configured, and no network element: their own tests bring both.
  'attach-identity.graphql': {
    as: 'owner',
    variables: () => ({ input: FROM_NOWHERE }),
    answer: () => ({ attachIdentity: { __typename: 'ProviderSignInNotFoundError', path: ['callbackUrl'] } }),
  },
  'detach-identity.graphql': {
    as: 'owner',
    variables: ({ accountId }) => ({ input: { identityId: accountId } }),
    answer: () => ({ detachIdentity: { __typename: 'IdentityNotFoundError', path: ['identityId'] } }),
  },
  'identities.graphql': {
    as: 'owner',
    answer: ({ accountId }) => ({ viewer: { id: accountId, identities: [] } }),
  },
  'sign-in-as-staff.graphql': {
    as: 'anonymous',
    variables: () => ({ input: FROM_NOWHERE }),
    answer: () => ({ signInAsStaff: { __typename: 'ProviderSignInNotFoundError', path: ['callbackUrl'] } }),
  },
  'sign-in-from-network.graphql': {
    as: 'anonymous',
    variables: () => ({ input: { deviceName: 'Modem' } }),
    answer: () => ({ signInFromNetwork: { __typename: 'NotOnOperatorNetworkError', path: [] } }),
  },
  'sign-in-with-social.graphql': {
    as: 'anonymous',
    variables: () => ({ input: FROM_NOWHERE }),
    answer: () => ({ signInWithSocial: { __typename: 'ProviderSignInNotFoundError', path: ['callbackUrl'] } }),
  },
  'social-providers.graphql': { as: 'anonymous', answer: () => ({ socialProviders: [] }) },
  'start-identity-attachment.graphql': {
    as: 'owner',
    variables: () => ({ input: { providerId: 'nobody' } }),
    answer: () => ({ startIdentityAttachment: { __typename: 'ProviderNotFoundError', path: ['providerId'] } }),
  },
  'start-social-sign-in.graphql': {
    as: 'anonymous',
    variables: () => ({ input: { providerId: 'nobody' } }),
    answer: () => ({ startSocialSignIn: { __typename: 'ProviderNotFoundError', path: ['providerId'] } }),
  },
  'start-staff-sign-in.graphql': {
    as: 'anonymous',
    variables: () => ({ input: {} }),
    answer: () => ({ startStaffSignIn: { __typename: 'ProviderNotFoundError', path: [] } }),
  },
  'accept-invitation.graphql': {
    as: 'owner',
    variables: () => ({ input: { code: 'ABCD2345' } }),
    answer: () => ({ acceptInvitation: { __typename: 'InvitationNotFoundError', path: ['code'] } }),
  },
  'account-activity.graphql': {
    as: 'staff: supervisor',
    variables: () => ({ accountId: viewerNamed('linked, term over').accountId }),
    answer: () => ({ accountActivity: page }),
  },
  'act-for-organization.graphql': {
    as: 'owner',
    variables: () => ({ input: { organizationId: ORGANIZATION_ID } }),
    answer: () => ({ actForOrganization: { __typename: 'OrganizationNotFoundError', path: ['organizationId'] } }),
  },
  'activity.graphql': {
    as: 'linked, revoked',
    answer: () => ({ viewer: { activity: page } }),
  },
  'change-member-role.graphql': {
    as: 'organization: administrator',
    prepare: withMember,
    variables: () => ({ input: { memberId: STRANGER_ID, role: 'ACCOUNTANT' } }),
    answer: () => ({
      changeMemberRole: { __typename: 'ChangeMemberRoleSuccess', member: { ...member, role: 'ACCOUNTANT' } },
    }),
  },
  'decline-invitation.graphql': {
    as: 'owner',
    variables: () => ({ input: { invitationId: STRANGER_ID } }),
    answer: () => ({ declineInvitation: { __typename: 'InvitationNotFoundError', path: ['invitationId'] } }),
  },
  'invite-member.graphql': {
    as: 'organization: owner',
    variables: () => ({ input: { phone: SUBSCRIBER_PHONE, role: 'ACCOUNTANT' } }),
    answer: () => ({
      inviteMember: {
        __typename: 'InviteMemberSuccess',
        invitation: { organizationName: 'Account 2', phone: SUBSCRIBER_PHONE, role: 'ACCOUNTANT' },
      },
    }),
  },
  'leave-organization.graphql': {
    as: 'stranger',
    prepare: withMember,
    variables: () => ({ input: { organizationId: ORGANIZATION_ID } }),
    answer: () => ({
      leaveOrganization: { __typename: 'LeaveOrganizationSuccess', organizationId: ORGANIZATION_ID },
    }),
  },
  'members.graphql': {
    as: 'organization: owner',
    prepare: withMember,
    answer: () => ({ viewer: { members: [member], sentInvitations: expect.any(Array) } }),
  },
  'news.graphql': { as: 'anonymous', answer: () => ({ news: page }) },
  'organizations.graphql': {
    as: 'owner',
    answer: () => ({ viewer: { organizations: [], invitations: [] } }),
  },
  'publish-news.graphql': {
    as: 'staff: supervisor',
    variables: () => ({
      input: {
        title: { ru: 'Связь в метро', en: 'In the metro' },
        body: { ru: 'Есть.', en: 'It is.' },
        regions: ['X'],
      },
    }),
    answer: () => ({
      publishNews: { __typename: 'PublishNewsSuccess', news: { title: 'Связь в метро', regions: ['X'], until: null } },
    }),
  },
  'remove-member.graphql': {
    as: 'organization: owner',
    prepare: withMember,
    variables: () => ({ input: { memberId: STRANGER_ID } }),
    answer: () => ({ removeMember: { __typename: 'RemoveMemberSuccess', memberId: STRANGER_ID } }),
  },
  'revoke-invitation.graphql': {
    as: 'organization: owner',
    variables: () => ({ input: { invitationId: STRANGER_ID } }),
    answer: () => ({ revokeInvitation: { __typename: 'InvitationNotFoundError', path: ['invitationId'] } }),
  },
  'set-language.graphql': {
    as: 'linked, PAY',
    variables: () => ({ input: { language: 'EN' } }),
    answer: () => ({ setLanguage: { __typename: 'SetLanguageSuccess', account: { language: 'EN' } } }),
  },
  'set-member-limit.graphql': {
    as: 'organization: owner',
    prepare: withMember,
    variables: () => ({ input: { memberId: STRANGER_ID, monthlyLimit: '1500.5' } }),
    answer: () => ({
      setMemberLimit: { __typename: 'SetMemberLimitSuccess', member: { ...member, monthlyLimit: '1500.50' } },
    }),
  },
  'withdraw-news.graphql': {
    as: 'staff: supervisor',
    variables: () => ({ input: { newsId: STRANGER_ID } }),
    answer: () => ({ withdrawNews: { __typename: 'NewsNotFoundError', path: ['newsId'] } }),
  },
  'answer-conversation.graphql': {
    as: 'staff: supervisor',
    variables: ({ lineId }) => ({ input: { conversationId: lineId, text: 'Yes.', idempotencyKey: '1' } }),
    answer: () => ({ answerConversation: { __typename: 'ConversationNotTakenError', path: ['conversationId'] } }),
  },
  'ask-consultant.graphql': {
    as: 'owner',
    variables: () => ({ input: { text: 'How do I get a promised payment?', idempotencyKey: '1' } }),
    answer: () => ({
      askConsultant: {
        __typename: 'AskConsultantSuccess',
        conversation: { status: 'SUGGESTED', deadlineAt: null },
        question: { sequence: 1, author: 'CUSTOMER', text: 'How do I get a promised payment?' },
        answer: {
          sequence: 2,
          author: 'ASSISTANT',
          articles: expect.arrayContaining([expect.objectContaining({ operation: 'TakePromisedPayment' })]),
        },
      },
    }),
  },
  'close-conversation.graphql': {
    as: 'staff: supervisor',
    variables: ({ lineId }) => ({ input: { conversationId: lineId } }),
    answer: ({ lineId }) => ({
      closeConversation: { __typename: 'CloseConversationSuccess', conversation: { id: lineId, status: 'CLOSED' } },
    }),
  },
  'consultant-queue.graphql': {
    as: 'staff: consultant',
    answer: () => ({
      consultantQueue: { nodes: expect.arrayContaining([expect.objectContaining({ status: 'WAITING' })]) },
    }),
  },
  'conversation.graphql': {
    as: 'staff: consultant',
    variables: ({ lineId }) => ({ id: lineId }),
    answer: ({ lineId }) => ({
      conversation: { id: lineId, messages: { nodes: [{ sequence: 1, text: 'Is anybody there?', articles: [] }] } },
    }),
  },
  'conversations.graphql': {
    as: 'owner',
    answer: ({ lineId }) => ({
      viewer: { conversations: { nodes: expect.arrayContaining([expect.objectContaining({ id: lineId })]) } },
    }),
  },
  'help-article.graphql': {
    as: 'anonymous',
    variables: () => ({ slug: 'transfer' }),
    answer: () => ({ helpArticle: { slug: 'transfer', language: 'RU', operation: 'QuoteTransfer' } }),
  },
  'help-articles.graphql': {
    as: 'anonymous',
    variables: () => ({ search: 'перевести деньги' }),
    answer: () => ({ helpArticles: expect.arrayContaining([expect.objectContaining({ slug: 'transfer' })]) }),
  },
  'rate-conversation.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({ input: { conversationId: lineId, score: 5 } }),
    answer: () => ({ rateConversation: { __typename: 'ConversationNotAnsweredError', path: ['conversationId'] } }),
  },
  'request-consultant.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({ input: { conversationId: lineId } }),
    answer: ({ lineId }) => ({
      requestConsultant: { __typename: 'RequestConsultantSuccess', conversation: { id: lineId, status: 'WAITING' } },
    }),
  },
  'return-conversation.graphql': {
    as: 'staff: consultant',
    variables: ({ lineId }) => ({ input: { conversationId: lineId } }),
    answer: () => ({ returnConversation: { __typename: 'ConversationNotTakenError', path: ['conversationId'] } }),
  },
  'take-conversation.graphql': {
    as: 'staff: consultant',
    variables: ({ lineId }) => ({ input: { conversationId: lineId } }),
    answer: ({ lineId }) => ({
      takeConversation: { __typename: 'TakeConversationSuccess', conversation: { id: lineId, status: 'IN_PROGRESS' } },
    }),
  },
  'mark-notices-read.graphql': {
    as: 'owner',
    variables: () => ({ input: { noticeIds: [NOTICE_ID] } }),
    answer: () => ({
      markNoticesRead: {
        __typename: 'MarkNoticesReadSuccess',
        notices: [{ id: NOTICE_ID, readAt: expect.any(String) }],
      },
    }),
  },
  'notices.graphql': {
    as: 'owner',
    answer: () => ({
      viewer: {
        notices: {
          // Beside what the operations before have brought.
          nodes: expect.arrayContaining([
            expect.objectContaining({ id: NOTICE_ID, category: 'SECURITY', text: expect.stringContaining('Пароль') }),
          ]),
          pageInfo: { hasNextPage: false },
        },
      },
    }),
  },
  'notification-preferences.graphql': {
    as: 'organization: accountant',
    answer: () => ({
      viewer: {
        notificationPreferences: expect.arrayContaining([
          { category: 'SECURITY', channel: 'SMS', isEnabled: true, isChangeable: false },
          { category: 'NEWS', channel: 'SMS', isEnabled: false, isChangeable: true },
        ]),
      },
    }),
  },
  'set-notification-preference.graphql': {
    as: 'organization: administrator',
    variables: () => ({ input: { category: 'NEWS', channel: 'IN_APP', isEnabled: false } }),
    answer: () => ({
      setNotificationPreference: {
        __typename: 'SetNotificationPreferenceSuccess',
        preference: { category: 'NEWS', channel: 'IN_APP', isEnabled: false },
      },
    }),
  },
  'conversation-changed.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({ conversationId: lineId }),
    answer: ({ lineId }) => ({
      conversationChanged: {
        sequence: '1',
        message: { author: 'CUSTOMER', text: 'Is anybody there?' },
        conversation: { id: lineId },
      },
    }),
  },
  'balance-changed.graphql': {
    as: 'linked, VIEW',
    variables: ({ lineId }) => ({ lineId }),
    answer: ({ lineId, phone }) => ({
      balanceChanged: {
        sequence: '1',
        line: { id: lineId, msisdn: phone, balance: { available: { amount: '300.00' } }, tariff: { name: 'Base' } },
      },
    }),
  },
  // The session of the test was not opened by signing in.
  'close-account.graphql': {
    as: 'owner',
    variables: () => ({ input: { accountId: OWNER_ID } }),
    answer: () => ({ closeAccount: { __typename: 'FreshSignInRequiredError', path: [] } }),
  },
  'data-export.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({ id: lineId }),
    answer: () => ({ dataExport: null }),
  },
  'download-data-export.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({ input: { exportId: lineId } }),
    answer: () => ({ downloadDataExport: { __typename: 'DataExportNotFoundError', path: ['exportId'] } }),
  },
  'request-data-export.graphql': {
    as: 'owner',
    variables: () => ({ input: { idempotencyKey: 'a key' } }),
    answer: () => ({
      requestDataExport: {
        __typename: 'RequestDataExportSuccess',
        dataExport: { status: 'PREPARING', readyAt: null, expiresAt: null },
      },
    }),
  },
  'auto-payments.graphql': {
    as: 'linked, PAY',
    variables: ({ lineId }) => ({ lineId }),
    prepare: async ({ database }, { lineId }) => {
      await insertCard(database, { accountId: OWNER_ID, id: lineId })
      await database.sql(
        `insert into payments.auto_payment
           (line_id, basis, id, account_id, card_id, amount, threshold, set_at, occasion)
         values ($1, 'THRESHOLD', $1, $2, $1, 10000, 5000, now(), '1')`,
        [lineId, OWNER_ID],
      )
    },
    answer: ({ lineId }) => ({
      line: {
        id: lineId,
        autoPayments: [
          {
            id: lineId,
            isEnabled: true,
            amount: { amount: '100.00', currencyCode: 'RUB' },
            threshold: { amount: '50.00' },
            schedule: null,
            monthlyCap: null,
            nextAttemptAt: null,
            isPaidByViewer: false,
          },
        ],
      },
    }),
  },
  // Who has a saved card: subgraphs/payments/auto-payments.test.ts.
  'set-auto-payment.graphql': {
    as: 'linked, PAY',
    variables: ({ lineId }) => ({ input: { lineId, cardId: lineId, amount: '500.00', threshold: '100.00' } }),
    answer: () => ({
      setAutoPayment: { __typename: 'NotEligibleError', path: [], reasons: [{ code: 'CARD_NOT_FOUND' }] },
    }),
  },
  'disable-auto-payment.graphql': {
    as: 'linked, PAY',
    variables: ({ lineId }) => ({ input: { lineId, autoPaymentId: lineId } }),
    answer: () => ({ disableAutoPayment: { __typename: 'AutoPaymentNotFoundError', path: ['autoPaymentId'] } }),
  },
  'spend-cap.graphql': {
    as: 'linked, VIEW',
    variables: ({ lineId }) => ({ lineId }),
    answer: () => ({
      line: {
        spendCap: {
          limit: { amount: '1000.00', currencyCode: 'RUB' },
          spent: { amount: '0.00' },
          remaining: { amount: '1000.00' },
          alerts: [],
        },
      },
    }),
  },
  'set-spend-cap.graphql': {
    as: 'linked, MANAGE',
    variables: ({ lineId }) => ({ input: { lineId, monthlyAmount: '500' } }),
    answer: ({ lineId }) => ({ setSpendCap: { __typename: 'SetSpendCapSuccess', line: { id: lineId } } }),
  },
  'remove-spend-cap.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({ input: { lineId } }),
    answer: ({ lineId }) => ({ removeSpendCap: { __typename: 'RemoveSpendCapSuccess', line: { id: lineId } } }),
  },
  'live-balance.graphql': {
    as: 'linked, VIEW',
    variables: ({ lineId }) => ({ lineId }),
    answer: () => ({
      line: {
        liveBalance: {
          isEnabled: false,
          isSuspended: false,
          dailyFee: { amount: '1.00', currencyCode: 'RUB' },
          paidUntil: null,
          nextChargeAt: null,
        },
      },
    }),
  },
  'enable-live-balance.graphql': {
    as: 'owner',
    variables: ({ lineId }) => ({ input: { lineId, dailyFee: '1.00', idempotencyKey: lineId } }),
    answer: () => ({
      enableLiveBalance: {
        __typename: 'EnableLiveBalanceSuccess',
        line: { liveBalance: { isEnabled: true, paidUntil: expect.any(String) } },
      },
    }),
  },
  'undo-live-balance.graphql': {
    as: 'owner',
    prepare: ({ database }, { lineId }) =>
      database.sql(
        `insert into payments.live_balance (line_id, is_enabled, daily_fee, policy_version, consent_id, enabled_at, undo_until)
         values ($1, true, 100, 1, $1, now(), now() + interval '10 minutes')`,
        [lineId],
      ),
    variables: ({ lineId }) => ({ input: { lineId } }),
    answer: ({ lineId }) => ({
      undoLiveBalance: { __typename: 'UndoLiveBalanceSuccess', line: { id: lineId, balance: expect.anything() } },
    }),
  },
  'disable-live-balance.graphql': {
    as: 'owner',
    prepare: ({ database }, { lineId }) =>
      database.sql(
        `insert into payments.live_balance (line_id, is_enabled, daily_fee, policy_version, consent_id, enabled_at)
         values ($1, true, 100, 1, $1, now())`,
        [lineId],
      ),
    variables: ({ lineId }) => ({ input: { lineId } }),
    answer: ({ lineId }) => ({ disableLiveBalance: { __typename: 'DisableLiveBalanceSuccess', line: { id: lineId } } }),
  },
}

function viewerNamed(name: string): ViewerKind {
  const viewer = VIEWER_KINDS.find((kind) => kind.name === name)
  if (!viewer) throw new Error(`there is no viewer "${name}"`)
  return viewer
}

const operations = readOperations()
const schema = apiSchema()

describe('what front ends send', () => {
  let cabinet: TestCabinet
  let subjectFor: (viewer: ViewerKind) => Promise<Subject>
  const succeeded = new Map<string, { requestId: string; result: string }>()

  beforeAll(async () => {
    cabinet = await openTestCabinet()
    ;({ freshSubjectFor: subjectFor } = await createWorld(cabinet.database))
    await cabinet.database.sql(
      `insert into accounts.notice (account_id, id, kind, parameters, created_at)
       values ($1, $2, 'PASSWORD_CHANGED', '{}', now())`,
      [OWNER_ID, NOTICE_ID],
    )
  })

  afterAll(() => cabinet.close())

  it('has a recipe for each file, and a file for each recipe', () => {
    expect(Object.keys(RECIPES).sort()).toEqual(Object.keys(operations).sort())
  })

  it.each(Object.keys(operations))('fits the schema: %s', (file) => {
    expect(validate(schema, parse(operations[file] ?? ''))).toEqual([])
  })

  it.each(Object.entries(RECIPES))('is answered through the gateway: %s', async (file, recipe) => {
    const viewer = viewerNamed(recipe.as)
    const subject = await subjectFor(viewer)
    await recipe.prepare?.(cabinet, subject)
    const query = operations[file] ?? ''
    const operation = { query, variables: { ...recipe.variables?.(subject) } }
    const token = await viewer.token(cabinet)
    const { data, errors, requestId } = isSubscription(query)
      ? JSON.parse(await askFirst(cabinet, operation, token))
      : await cabinet.ask(operation, token)
    expect(errors).toBeUndefined()
    expect(data).toMatchObject(recipe.answer(subject))
    for (const [mutation, result] of succeededMutations(data)) succeeded.set(mutation, { requestId, result })
  })

  it('writes an act for every mutation that succeeds', async () => {
    const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {})
    expect(await mutationsWithoutAct(cabinet, mutations, succeeded)).toEqual([])
  })

  it('would say so of a mutation that writes none, and of one that no test brings to a success', async () => {
    const planted = new Map([['setLanguage', { requestId: 'of nothing' }]])
    expect(await mutationsWithoutAct(cabinet, ['setLanguage', 'forgetNumber', 'publishNews'], planted)).toEqual([
      'setLanguage succeeds and writes no act',
      'forgetNumber is brought to a success by no recipe here: see cli/testing/mutation-acts.ts',
    ])
  })
})

// The contract that the operations were agreed in lies beside the project, for those who build it.
const CONTRACT_URL = new URL('../../shared/design/operations.graphql', import.meta.url)
const contract = existsSync(CONTRACT_URL) ? parse(readFileSync(CONTRACT_URL, 'utf8')) : null

describe('the contract with front ends', () => {
  const NO_CONTRACT = 'the contract, ../shared/design/operations.graphql, is not here to compare with'

  it('is served word for word, as far as the schema goes', ({ skip }) => {
    if (contract === null) return skip(NO_CONTRACT)
    const registered = [...Object.values(operations), ...Object.values(releasedOperations())]
    const ids = registered.map((text) => registerOperation(text).id)
    const served = agreedOperations(contract).filter(isServed)
    expect(served.map(nameOf)).toEqual(expect.arrayContaining(['Home', 'Catalogue', 'UnlinkNumber']))
    for (const document of served) expect(ids, nameOf(document)).toContain(registerOperation(print(document)).id)
  })

  it('only grows: an operation of the same name asks for all that was agreed', ({ skip }) => {
    if (contract === null) return skip(NO_CONTRACT)
    const sent = new Map(Object.values(operations).map((text) => [nameOf(parse(text)), partsOf(parse(text))]))
    for (const document of agreedOperations(contract)) {
      const parts = sent.get(nameOf(document))
      if (parts) expect(parts).toEqual(expect.arrayContaining(partsOf(document)))
    }
  })

  it('would say so of one that leaves out a field, an argument or a variable', () => {
    const agreed = parse(
      'query Q($a: Int = 1) { line(id: $a) { ...L ... on Line { id } } } fragment L on Line { msisdn }',
    )
    expect(partsOf(agreed)).toEqual([
      ...[
        'Q',
        'Q($a: Int = 1)',
        'Q line',
        'Q line(id: $a)',
        'Q line ...L',
        'Q line ... on Line',
        'Q line ... on Line id',
      ],
      ...['L', 'L msisdn'],
    ])
  })
})

describe('an operation that is refused', () => {
  const [payments] = parse(readFileSync(new URL('payments.graphql', import.meta.url), 'utf8')).definitions.filter(
    (node) => node.kind === Kind.OBJECT_TYPE_DEFINITION && node.name.value === 'Mutation',
  )
  const fields = payments?.kind === Kind.OBJECT_TYPE_DEFINITION ? (payments.fields ?? []) : []
  const cases = fields.flatMap(({ name: { value: field } }) => {
    const type = schema.getMutationType()?.getFields()[field]?.type
    const asking = Object.values(operations).find((text) =>
      partsOf(parse(text)).some((part) => part.endsWith(` ${field}`)),
    )
    return type ? [{ field, type: getNamedType(type), parts: partsOf(parse(asking ?? '{ __typename }')) }] : []
  })

  it.each(cases)('asks for all that it is told: $field', ({ type, parts }) => {
    const refusals = isUnionType(type) ? type.getTypes().filter(({ name }) => name.endsWith('Error')) : []
    expect(refusals).not.toEqual([])
    for (const refusal of refusals) {
      const told = Object.keys(refusal.getFields()).filter((name) => name !== 'message' && name !== 'path')
      for (const name of told) expect(parts).toContainEqual(expect.stringContaining(` ... on ${refusal.name} ${name}`))
    }
  })
})

function isSubscription(query: string): boolean {
  return getOperationAST(parse(query))?.operation === 'subscription'
}

/** Validation has nothing to say of an operation whose root type is not there. */
function isServed(document: DocumentNode): boolean {
  const [operation] = document.definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION || !schema.getRootType(operation.operation)) return false
  return validate(schema, document).length === 0
}

/** Each operation of the contract as a document of its own, with the fragments that it spreads. */
function agreedOperations({ definitions }: DocumentNode): DocumentNode[] {
  const fragments = definitions.filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
  return definitions
    .filter((node): node is OperationDefinitionNode => node.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => {
      const spread = new Set<string>()
      visit(operation, { FragmentSpread: ({ name }) => void spread.add(name.value) })
      const used = fragments.filter(({ name }) => spread.has(name.value))
      return { kind: Kind.DOCUMENT, definitions: [operation, ...used] }
    })
}

/** All that a document asks for: each variable, fragment, field and argument, with the way to it. */
function partsOf({ definitions }: DocumentNode): string[] {
  const partsUnder = (
    node: SelectionNode | OperationDefinitionNode | FragmentDefinitionNode,
    way: string,
  ): string[] => [
    way,
    ...('variableDefinitions' in node ? (node.variableDefinitions ?? []) : []).map((part) => `${way}(${print(part)})`),
    ...('arguments' in node ? (node.arguments ?? []) : []).map((part) => `${way}(${print(part)})`),
    ...('selectionSet' in node ? (node.selectionSet?.selections ?? []) : []).flatMap((selection) =>
      partsUnder(selection, `${way} ${labelOf(selection)}`),
    ),
  ]
  return definitions.flatMap((node) =>
    node.kind === Kind.OPERATION_DEFINITION || node.kind === Kind.FRAGMENT_DEFINITION
      ? partsUnder(node, node.name?.value ?? '')
      : [],
  )
}

function labelOf(selection: SelectionNode): string {
  if (selection.kind === Kind.INLINE_FRAGMENT) return `... on ${selection.typeCondition?.name.value}`
  const { value } = selection.name
  return selection.kind === Kind.FIELD ? value : `...${value}`
}

function nameOf({ definitions }: DocumentNode): string {
  const [operation] = definitions
  return operation?.kind === Kind.OPERATION_DEFINITION ? (operation.name?.value ?? '') : ''
}
