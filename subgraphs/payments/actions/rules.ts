/**
 * Whether something may be done, decided and explained by the same rules: each looks at the facts and gives null, or
 * what of it fails. All are looked at, so that a refusal names everything that stands in the way.
 */
export type Rule<Facts, Failed> = (facts: Facts) => Failed | null

export function failedRules<Facts, Failed>(rules: readonly Rule<Facts, Failed>[], facts: Facts): Failed[] {
  return rules.map((rule) => rule(facts)).filter((failed) => failed !== null)
}
