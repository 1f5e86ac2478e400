/** What a withdrawal is held to, beside the machine's own limits. */
export class WithdrawalLimits {
  constructor(
    readonly maxNotes: number,
    readonly beginsWithinMs: number,
  ) {}
}
