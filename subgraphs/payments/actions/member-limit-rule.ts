/** A member's limit of the month does not let so much of the organization's money be spent. As JSON. */
interface MemberLimitFailed {
  readonly code: 'MEMBER_LIMIT'
  /** What is left of the limit. */
  readonly kopecks: string
}

/** The rule of all that members spend; `memberLeft` is null without a limit. */
export function memberLimitRule(cost: bigint, memberLeft: bigint | null): MemberLimitFailed | null {
  const left = leftForMember(cost, memberLeft)
  return left === null ? null : { code: 'MEMBER_LIMIT', kopecks: String(left) }
}

/**
 * What a member is told is left who may not spend so much: nothing, where the limit was lowered below what they had spent.
 * Null when they may.
 */
export function leftForMember(cost: bigint, memberLeft: bigint | null): bigint | null {
  if (memberLeft === null || cost <= memberLeft) return null
  return memberLeft > 0n ? memberLeft : 0n
}
