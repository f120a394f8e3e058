import type { Subject, ViewerKind } from './viewers.ts'

type Judge = (viewer: ViewerKind, subject: Subject) => boolean

/** What each rule of `@access` means, told a second time and independently of platform/access. */
const RULES: Readonly<Record<string, Judge>> = {
  ANYONE: () => true,
  HOLDER: () => true,
  SIGNED_IN: (viewer) => viewer.accountId !== null,
  ACCOUNT_OWNER: isAccount,
  ORGANIZATION_OWNER: (viewer, subject) => isAccount(viewer, subject) && [null, 'owner'].includes(viewer.role),
  ORGANIZATION_ADMINISTRATOR: (viewer, subject) => isAccount(viewer, subject) && viewer.role === 'administrator',
  ORGANIZATION_ACCOUNTANT: (viewer, subject) => isAccount(viewer, subject) && viewer.role === 'accountant',
  LINE_HOLDER: ({ rights }) => rights.length > 0,
  LINE_KEEPER: ({ rights, role }) => rights.length > 0 && [null, 'owner', 'administrator'].includes(role),
  LINE_VIEW: ({ rights }) => rights.includes('VIEW'),
  LINE_PAY: ({ rights }) => rights.includes('PAY'),
  LINE_MANAGE: ({ rights }) => rights.includes('MANAGE'),
  LINE_OWNER: ({ rights }) => rights.includes('OWN'),
  STAFF_LINK_CLERK: ({ staffRole }) => staffRole === 'link-clerk',
  STAFF_SALON: ({ staffRole }) => staffRole === 'salon',
  STAFF_CONSULTANT: ({ staffRole }) => staffRole === 'consultant',
  STAFF_SUPERVISOR: ({ staffRole }) => staffRole === 'supervisor',
}

/** Whether any of the rules lets the viewer have what belongs to the subject. A token that is not believed gets nothing. */
export function isAllowed(rules: readonly string[], viewer: ViewerKind, subject: Subject): boolean {
  if (!viewer.isBelieved) return false
  return rules.some((rule) => {
    const judge = RULES[rule]
    if (!judge) throw new Error(`@access has a new rule, ${rule}: say what it means in cli/testing/access/rules.ts`)
    return judge(viewer, subject)
  })
}

function isAccount(viewer: ViewerKind, subject: Subject): boolean {
  return viewer.accountId !== null && viewer.accountId === subject.accountId
}
