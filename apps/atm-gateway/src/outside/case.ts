/** Why people have to look at an order. */
export type CaseReason =
  /** Nobody has said in time what became of it. */
  | 'no-answer'
  /** Somebody has said so, and it cannot be told what left: cash taken back and not counted. */
  | 'unclear'
  /** Something else was said after it had been decided; the decision stays. */
  | 'contradiction'
  /** Money went out after it had been given back here. */
  | 'late-success';

export interface Case {
  readonly orderId: string;
  readonly reason: CaseReason;
  readonly detail: string;
  readonly openedAt: Date;
}
