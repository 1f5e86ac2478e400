import type { ErrandWorker } from '../outside/errand-worker.timer.js';
import type { Card } from '../outside/partner-port.js';
import { partnerKey } from '../outside/registered-partner.js';
import type { CardMemory } from './card-memory.timer.js';

/** Brings a card to the one call it is for. */
export class RedemptionSender {
  private worker: Pick<ErrandWorker<never>, 'tell'> | undefined;

  constructor(private readonly cards: CardMemory) {}

  /** Once the worker is there; no request comes before that. */
  sendBy(worker: Pick<ErrandWorker<never>, 'tell'>): void {
    this.worker = worker;
  }

  send(orderId: string, institution: string, card: Card): void {
    this.cards.keep(orderId, card);
    this.worker?.tell({ orderId, kind: 'redemption', partner: partnerKey('institution', institution), isCommand: true });
  }
}
