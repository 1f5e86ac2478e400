/** What a redemption is held to. */
export class RedemptionLimits {
  constructor(readonly answerWithinMs: number) {}
}
