import { z } from 'zod'

/** The policies of the consultant. */
export const consultantPolicies = {
  /** Of a question and of an answer, in characters. */
  'consultant.textLengthMax': z.int().min(100).max(10_000),
  'consultant.commentLengthMax': z.int().min(100).max(2_000),
  /** Of one account. */
  'consultant.questionsPerHour': z.int().min(1).max(1_000),
  /** An article answers at once when it has this part of what the question says, rare words counting for more … */
  'consultant.confidenceRank': z.number().min(0).max(1),
  /** … and the next best has less by this part. */
  'consultant.confidenceMargin': z.number().min(0).max(1),
  /** Within this a person answers, or supervisors are told. */
  'consultant.deadlineSeconds': z.int().min(10).max(86_400),
  /** Who takes a conversation and says nothing for so long has it no more. */
  'consultant.leaseSeconds': z.int().min(10).max(86_400),
  /** For so long a rating may be replaced. */
  'consultant.ratingHours': z.int().min(0).max(720),
  /** A conversation in which nothing happens for so long is erased. */
  'consultant.retentionDays': z.int().min(1).max(3_650),
}
