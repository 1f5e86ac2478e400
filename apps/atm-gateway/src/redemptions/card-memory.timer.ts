import type { Card } from '../outside/partner-port.js';

/**
 * Cards between the acceptance of a redemption and its one call, and not a moment longer. They die with the process; whoever goes
 * on then asks by reference.
 */
export class CardMemory {
  private readonly cards = new Map<string, { readonly card: Card; readonly timer: NodeJS.Timeout }>();

  constructor(private readonly forgetAfterMs: number) {}

  keep(redemptionId: string, card: Card): void {
    const timer = setTimeout(() => this.cards.delete(redemptionId), this.forgetAfterMs).unref();
    this.cards.set(redemptionId, { card, timer });
  }

  has(redemptionId: string): boolean {
    return this.cards.has(redemptionId);
  }

  /** For the one call: it is gone from here. */
  take(redemptionId: string): Card | undefined {
    const kept = this.cards.get(redemptionId);
    this.cards.delete(redemptionId);
    clearTimeout(kept?.timer);
    return kept?.card;
  }
}
