import { ORGANIZATION_ID, OWNER_ID, STRANGER_ID, type Subject, type ViewerKind } from './viewers.ts'
import { MISSING_ID, SUBSCRIBER_PHONE } from './world.ts'

/** How a field is asked for when its name alone is not enough. */
export interface Recipe {
  /** The arguments, as a query writes them. */
  readonly arguments?: (subject: Subject) => string
  /** What the question is about, when it is not the column's usual subject. */
  readonly subject?: (viewer: ViewerKind, usual: Subject) => Subject
  /** The type of a mutation's answer to one who may run it, when it is not `<Mutation>Success`. */
  readonly answer?: (viewer: ViewerKind) => string | undefined
  /** Viewers who may read the field and for whom there is nothing in it. */
  readonly isEmptyFor?: (viewer: ViewerKind) => boolean
}

const FROM_NOWHERE = '(input: { flowSecret: "none", callbackUrl: "https://cabinet.example/back?code=x&state=y" })'
/** Root fields about the account that the asker's session is in. */
const ofOwnAccount: NonNullable<Recipe['subject']> = (viewer, usual) => ({
  ...usual,
  accountId: viewer.accountId ?? usual.accountId,
})

/** What a person is told who asks for what only an organization can do; an organization is told otherwise. */
const inOrganization =
  (answer?: string): NonNullable<Recipe['answer']> =>
  ({ role }) =>
    role === null ? 'NotAnOrganizationError' : answer

/** By "Type.field". Root fields that take arguments and all mutations need one. */
export const RECIPES: Readonly<Record<string, Recipe>> = {
  'Query.viewer': {
    // Whoever asks, it is about themselves.
    subject: ofOwnAccount,
  },
  'Query.account': { arguments: ({ accountId }) => `(id: "${accountId}")` },
  'Query.line': { arguments: ({ lineId }) => `(id: "${lineId}")` },
  'Query.lineByPhone': { arguments: ({ phone }) => `(phone: "${phone}")` },
  'Line.alias': {
    // The viewer's own name for a line: staff have no names for lines.
    isEmptyFor: ({ staffRole }) => staffRole !== null,
  },
  'Line.spending': { arguments: () => '(from: "2024-01-01", to: "2024-12-31")' },
  'Line.balanceAt': { arguments: () => '(at: "2024-12-31T00:00:00Z")' },
  'Query.payment': {
    arguments: ({ lineId }) => `(lineId: "${lineId}", id: "${lineId}")`,
    // Who may only pay sees their own payments, and this is the owner's.
    isEmptyFor: ({ rights }) => rights.includes('PAY') && !rights.includes('VIEW'),
  },
  'Mutation.topUp': {
    arguments: ({ lineId }) =>
      `(input: { lineId: "${lineId}", amount: "150.00", returnUrl: "http://localhost/", idempotencyKey: "${lineId}" })`,
    // No cards are taken in the world of the table, and only who may pay is told so.
    answer: () => 'CardPaymentsUnavailableError',
  },
  'Mutation.removeCard': {
    arguments: () => `(input: { cardId: "${MISSING_ID}" })`,
    answer: () => 'CardNotFoundError',
  },
  'Mutation.refundPayment': {
    arguments: ({ lineId }) => `(input: { lineId: "${lineId}", paymentId: "${lineId}", idempotencyKey: "${lineId}" })`,
    answer: () => 'CardPaymentsUnavailableError',
  },
  'Mutation.grantLineAccess': {
    arguments: ({ lineId }) => `(input: { lineId: "${lineId}", phone: "${SUBSCRIBER_PHONE}", rights: [VIEW] })`,
  },
  'Mutation.revokeLineAccess': {
    arguments: ({ lineId }) => `(input: { lineId: "${lineId}", accountId: "${STRANGER_ID}" })`,
    // The fixture gave the stranger nothing, and only one who may revoke is told so.
    answer: () => 'LineAccessNotFoundError',
  },
  // Who is nobody yet may ask; what they show here is nothing, and they are told so.
  'Mutation.requestOneTimePassword': {
    arguments: ({ phone }) => `(input: { phone: "${phone}", captchaId: "none", captchaAnswer: "none" })`,
    answer: () => 'CaptchaFailedError',
  },
  'Mutation.resendOneTimePassword': {
    arguments: ({ lineId }) => `(input: { deliveryId: "${lineId}" })`,
    answer: () => 'OneTimePasswordDeliveryNotFoundError',
  },
  'Mutation.signInWithOneTimePassword': {
    arguments: ({ phone }) => `(input: { phone: "${phone}", code: "none" })`,
    answer: () => 'InvalidOneTimePasswordError',
  },
  'Mutation.requestCaptcha': {},
  'Mutation.requestProofOfWork': {},
  'Query.oneTimePasswordDelivery': {
    arguments: ({ lineId }) => `(id: "${lineId}")`,
    // Nobody asked for a password.
    isEmptyFor: () => true,
  },
  'Query.merchants': {},
  'Mutation.quotePurchase': {
    arguments: ({ lineId }) => `(input: { lineId: "${lineId}", merchantId: "nobody", reference: "1", amount: "1.00" })`,
    // There are no merchants in the table's world, and only one who may pay is told so.
    answer: () => 'MerchantNotFoundError',
  },
  'Mutation.confirmPurchase': {
    arguments: ({ lineId }) => `(input: { quoteId: "${lineId}", idempotencyKey: "${lineId}" })`,
    answer: () => 'PurchaseQuoteNotFoundError',
  },
  'Mutation.giveBonusPoints': {
    // One point is too few for anybody, and only one who may give points is told so.
    arguments: ({ lineId }) =>
      `(input: { fromLineId: "${lineId}", toPhone: "${SUBSCRIBER_PHONE}", points: 1, idempotencyKey: "${lineId}" })`,
    answer: () => 'NotEligibleError',
  },
  'Mutation.enableNumberManagement': { arguments: ({ lineId }) => `(input: { lineId: "${lineId}" })` },
  'Mutation.disableNumberManagement': { arguments: ({ lineId }) => `(input: { lineId: "${lineId}" })` },
  // Nobody's token of the table belongs to a session that was opened: who may ask is told that it is over.
  'Mutation.refreshSession': {
    arguments: () => '(input: { refreshToken: "no token" })',
    answer: () => 'InvalidRefreshTokenError',
  },
  // Weak before anything else is looked at.
  'Mutation.setPassword': {
    arguments: () => '(input: { newPassword: "short", otherSessions: KEEP })',
    answer: () => 'WeakPasswordError',
  },
  'Mutation.changePassword': {
    arguments: () => '(input: { currentPassword: "any", newPassword: "short", otherSessions: KEEP })',
    answer: () => 'WeakPasswordError',
  },
  'Mutation.resetPassword': {
    arguments: () => '(input: { newPassword: "short", otherSessions: KEEP })',
    answer: () => 'WeakPasswordError',
  },
  'Mutation.signInWithPassword': {
    arguments: () => '(input: { phone: "no number", password: "any" })',
    answer: () => 'InvalidPhoneNumberError',
  },
  'Mutation.signOut': { answer: () => 'SessionNotFoundError' },
  'Mutation.revokeSession': {
    arguments: ({ lineId }) => `(input: { sessionId: "${lineId}" })`,
    answer: () => 'SessionNotFoundError',
  },
  'Mutation.revokeOtherSessions': { answer: () => 'SessionNotFoundError' },
  'Mutation.unlinkNumber': {
    arguments: ({ lineId }) => `(input: { lineId: "${lineId}" })`,
    // One's own line stays; one who has no rights on it is told that there is none.
    answer: ({ rights, role }) => (role !== null || rights.includes('OWN') ? 'OwnLineError' : undefined),
  },
  // Nobody is at a provider here: whoever may ask is told that there is nothing to end.
  'Mutation.startSocialSignIn': {
    arguments: () => '(input: { providerId: "none" })',
    answer: () => 'ProviderNotFoundError',
  },
  'Mutation.signInWithSocial': { arguments: () => FROM_NOWHERE, answer: () => 'ProviderSignInNotFoundError' },
  'Mutation.startIdentityAttachment': {
    arguments: () => '(input: { providerId: "none" })',
    answer: () => 'ProviderNotFoundError',
  },
  'Mutation.attachIdentity': { arguments: () => FROM_NOWHERE, answer: () => 'ProviderSignInNotFoundError' },
  'Mutation.detachIdentity': {
    arguments: ({ accountId }) => `(input: { identityId: "${accountId}" })`,
    // Those who act for an organization have ways in of their own.
    answer: () => 'IdentityNotFoundError',
  },
  'Mutation.signInFromNetwork': { arguments: () => '(input: {})', answer: () => 'NotOnOperatorNetworkError' },
  'Mutation.startStaffSignIn': { arguments: () => '(input: {})', answer: () => 'ProviderNotFoundError' },
  'Mutation.signInAsStaff': { arguments: () => FROM_NOWHERE, answer: () => 'ProviderSignInNotFoundError' },
  'Query.accountActivity': { arguments: ({ accountId }) => `(accountId: "${accountId}")` },
  'Mutation.inviteMember': {
    arguments: () => `(input: { phone: "${SUBSCRIBER_PHONE}", role: USER })`,
    subject: ofOwnAccount,
    answer: inOrganization(),
  },
  'Mutation.revokeInvitation': {
    arguments: () => `(input: { invitationId: "${MISSING_ID}" })`,
    subject: ofOwnAccount,
    answer: inOrganization('InvitationNotFoundError'),
  },
  'Mutation.changeMemberRole': {
    arguments: () => `(input: { memberId: "${STRANGER_ID}", role: USER })`,
    subject: ofOwnAccount,
    answer: inOrganization(),
  },
  'Mutation.removeMember': {
    arguments: () => `(input: { memberId: "${MISSING_ID}" })`,
    subject: ofOwnAccount,
    answer: inOrganization('MemberNotFoundError'),
  },
  'Mutation.setMemberLimit': {
    arguments: () => `(input: { memberId: "${STRANGER_ID}", monthlyLimit: "100.00" })`,
    subject: ofOwnAccount,
    answer: inOrganization(),
  },
  'Mutation.acceptInvitation': {
    arguments: () => '(input: { code: "ABCD2345" })',
    answer: () => 'InvitationNotFoundError',
  },
  'Mutation.declineInvitation': {
    arguments: () => `(input: { invitationId: "${MISSING_ID}" })`,
    answer: () => 'InvitationNotFoundError',
  },
  'Mutation.leaveOrganization': {
    arguments: () => `(input: { organizationId: "${MISSING_ID}" })`,
    answer: () => 'OrganizationNotFoundError',
  },
  'Mutation.actForOrganization': {
    arguments: () => `(input: { organizationId: "${MISSING_ID}" })`,
    answer: () => 'OrganizationNotFoundError',
  },
  'Mutation.setLanguage': { arguments: () => '(input: { language: EN })', subject: ofOwnAccount },
  'Mutation.publishNews': {
    arguments: () => '(input: { title: { ru: "а", en: "a" }, body: { ru: "а", en: "a" } })',
  },
  'Mutation.withdrawNews': {
    arguments: () => `(input: { newsId: "${MISSING_ID}" })`,
    answer: () => 'NewsNotFoundError',
  },
  'Query.helpArticle': { arguments: () => '(slug: "transfer")' },
  // The fixture gives every account a conversation under the id of the line.
  'Query.conversation': {
    arguments: ({ lineId }) => `(id: "${lineId}")`,
    isEmptyFor: (viewer) => viewer.accountId !== null && !hasConversation(viewer),
  },
  'Mutation.askConsultant': {
    arguments: ({ lineId }) => `(input: { text: "Where is my money?", idempotencyKey: "${lineId}" })`,
  },
  'Mutation.requestConsultant': {
    arguments: conversationInput,
    answer: (viewer) => (hasConversation(viewer) ? undefined : 'ConversationNotFoundError'),
  },
  'Mutation.rateConversation': {
    arguments: ({ lineId }) => `(input: { conversationId: "${lineId}", score: 5 })`,
    answer: (viewer) => (hasConversation(viewer) ? 'ConversationNotAnsweredError' : 'ConversationNotFoundError'),
  },
  'Mutation.takeConversation': { arguments: conversationInput },
  // The fixture's conversation waits: nobody has taken it.
  'Mutation.answerConversation': {
    arguments: ({ lineId }) => `(input: { conversationId: "${lineId}", text: "Yes.", idempotencyKey: "1" })`,
    answer: () => 'ConversationNotTakenError',
  },
  'Mutation.closeConversation': {
    arguments: conversationInput,
    answer: ({ staffRole }) => (staffRole === 'supervisor' ? undefined : 'ConversationNotTakenError'),
  },
  'Mutation.returnConversation': { arguments: conversationInput, answer: () => 'ConversationNotTakenError' },
  'Mutation.setNotificationPreference': {
    arguments: () => '(input: { category: MONEY, channel: SMS, isEnabled: false })',
    // An organization's owner and administrators decide its settings.
    answer: ({ role }) => (role === 'accountant' || role === 'user' ? 'SettingsNotPermittedError' : undefined),
  },
  'Mutation.markNoticesRead': {
    arguments: ({ accountId }) => `(input: { noticeIds: ["${accountId}"] })`,
    // No notice has that id, and only one who is signed in is told so.
    answer: () => 'NoticeNotFoundError',
  },
  'Subscription.conversationChanged': {
    arguments: ({ lineId }) => `(conversationId: "${lineId}")`,
    isEmptyFor: (viewer) => !hasConversation(viewer),
  },
  'Subscription.balanceChanged': { arguments: ({ lineId }) => `(lineId: "${lineId}")` },
  // Whoever may pay is told what is wrong with the amount; for all others there is no such line.
  'Mutation.quoteTransfer': {
    arguments: ({ lineId }) => `(input: { fromLineId: "${lineId}", toPhone: "${SUBSCRIBER_PHONE}", amount: "0.00" })`,
    answer: () => 'InvalidAmountError',
  },
  'Mutation.takePromisedPayment': {
    arguments: ({ lineId }) => `(input: { lineId: "${lineId}", amount: "0.00", idempotencyKey: "1" })`,
    answer: () => 'InvalidAmountError',
  },
  'Mutation.confirmTransfer': {
    arguments: () => `(input: { quoteId: "${MISSING_ID}", idempotencyKey: "1" })`,
    answer: () => 'TransferQuoteNotFoundError',
  },
  'Query.dataExport': {
    arguments: ({ lineId }) => `(id: "${lineId}")`,
    // The fixture asked for none.
    isEmptyFor: () => true,
  },
  // Nobody of the table has signed in lately; the rest is not asked before that.
  'Mutation.closeAccount': {
    arguments: ({ accountId }) => `(input: { accountId: "${accountId}" })`,
    subject: (viewer, usual) => ({ ...usual, accountId: viewer.accountId ?? usual.accountId }),
    answer: ({ role }) =>
      role === null || role === 'owner' ? 'FreshSignInRequiredError' : 'OrganizationOwnerRequiredError',
  },
  'Mutation.requestDataExport': {
    arguments: () => '(input: { idempotencyKey: "" })',
    answer: ({ role }) =>
      role === null || role === 'owner' ? 'InvalidIdempotencyKeyError' : 'OrganizationOwnerRequiredError',
  },
  'Mutation.downloadDataExport': {
    arguments: ({ lineId }) => `(input: { exportId: "${lineId}" })`,
    answer: () => 'DataExportNotFoundError',
  },
  // Nobody of the table has a saved card: who may pay is told so.
  'Mutation.setAutoPayment': {
    arguments: ({ lineId }) =>
      `(input: { lineId: "${lineId}", cardId: "${MISSING_ID}", amount: "100", threshold: "50" })`,
    answer: () => 'NotEligibleError',
  },
  'Mutation.disableAutoPayment': {
    arguments: ({ lineId }) => `(input: { lineId: "${lineId}", autoPaymentId: "${MISSING_ID}" })`,
    answer: () => 'AutoPaymentNotFoundError',
  },
  'Mutation.setSpendCap': { arguments: ({ lineId }) => `(input: { lineId: "${lineId}", monthlyAmount: "500" })` },
  'Mutation.removeSpendCap': { arguments: ({ lineId }) => `(input: { lineId: "${lineId}" })` },
  'Mutation.enableLiveBalance': {
    arguments: ({ lineId }) => `(input: { lineId: "${lineId}", dailyFee: "-1.00", idempotencyKey: "${lineId}" })`,
    // Whoever manages the line is told what is wrong with the fee.
    answer: () => 'InvalidAmountError',
  },
  'Mutation.undoLiveBalance': {
    arguments: ({ lineId }) => `(input: { lineId: "${lineId}" })`,
    // Nobody has just switched it on.
    answer: () => 'NotEligibleError',
  },
  'Mutation.disableLiveBalance': { arguments: ({ lineId }) => `(input: { lineId: "${lineId}" })` },
}

function conversationInput({ lineId }: Subject): string {
  return `(input: { conversationId: "${lineId}" })`
}

/** Whether the fixture's conversation is the viewer's own: they act in the account that it is of. */
function hasConversation({ accountId }: ViewerKind): boolean {
  return accountId === OWNER_ID || accountId === ORGANIZATION_ID
}

/** How an entity is reached from the root. */
export const ENTITY_PATHS: Readonly<Record<string, (viewer: ViewerKind, subject: Subject) => string>> = {
  Account: (viewer, { accountId }) => (viewer.accountId === accountId ? 'viewer' : `account(id: "${accountId}")`),
  Line: (_, { lineId }) => `line(id: "${lineId}")`,
}
