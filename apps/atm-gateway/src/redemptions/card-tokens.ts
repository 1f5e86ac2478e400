import { createHmac } from 'node:crypto';
import type { Card } from '../outside/partner-port.js';

/** What tells cards apart without saying anything of them to whoever does not have the secret. */
export class CardTokens {
  constructor(private readonly secret: string) {}

  /** Of the card, whatever the PIN: the wallet counts by it. */
  tokenOf({ number }: Card): string {
    return `card_${this.hash(`number ${number}`).slice(0, 32)}`;
  }

  /** Of card and PIN, for the fingerprint of a request. */
  fingerprintOf({ number, pin }: Card): string {
    return this.hash(`card ${number} ${pin}`);
  }

  private hash(text: string): string {
    return createHmac('sha256', this.secret).update(text).digest('hex');
  }
}
