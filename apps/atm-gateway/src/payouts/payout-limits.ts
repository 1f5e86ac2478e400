/** What a payout is held to. */
export class PayoutLimits {
  constructor(
    /** As many as are sent at once, and as many as may wait beside them. */
    readonly capacity: number,
    readonly beginsWithinMs: number,
  ) {}
}
