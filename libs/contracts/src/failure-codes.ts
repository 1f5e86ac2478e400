/** Why the wallet refuses: stable, for programs to act on. */
export const failureCodes = [
  'insufficient-funds',
  'account-not-found',
  'account-frozen',
  'currency-mismatch',
  'limit-exceeded',
  'expired',
  'same-account',
  'rule-refused',
] as const;

export type FailureCode = (typeof failureCodes)[number];
