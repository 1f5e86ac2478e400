import { hasAnswered, type CircuitBreaker } from './circuit-breaker.js';
import type { Partner, PartnerAnswer, PartnerCommand, PartnerOrder, PartnerPort, PartnerRecord } from './partner-port.js';
import { partnerKey } from './registered-partner.js';

/** The port, with banks that do not answer left alone for a while: their orders wait in the queue, where they hold up nobody. */
export class GuardedPort implements PartnerPort {
  constructor(
    private readonly port: PartnerPort,
    private readonly circuits: CircuitBreaker,
    /** Silence is noticed when an answer is due, not when nobody listens any more. */
    private readonly answerWithinMs: number,
  ) {}

  command(order: PartnerOrder, command: PartnerCommand, timeoutMs: number): Promise<PartnerAnswer> {
    const answer = this.port.command(order, command, timeoutMs);
    if (order.partner.kind === 'bank') void this.watch(partnerKey('bank', order.partner.id), answer);
    return answer;
  }

  cancel(order: PartnerOrder, timeoutMs: number, reversalId?: string): Promise<PartnerAnswer> {
    return this.port.cancel(order, timeoutMs, reversalId);
  }

  inquire(order: PartnerOrder, timeoutMs: number): Promise<PartnerAnswer> {
    return this.port.inquire(order, timeoutMs);
  }

  record(partner: Partner, date: string, timeoutMs: number): Promise<PartnerRecord> {
    return this.port.record(partner, date, timeoutMs);
  }

  room(partner: Pick<Partner, 'kind' | 'id'>, call: 'command' | 'question' = 'command'): number {
    const room = this.port.room(partner, call);
    if (partner.kind !== 'bank' || call !== 'command') return room;
    return this.circuits.allowed(partnerKey('bank', partner.id), room, performance.now());
  }

  reserve(partner: Pick<Partner, 'kind' | 'id'>, call: 'command' | 'question'): (() => void) | undefined {
    if (this.room(partner, call) <= 0) return undefined;
    const giveBack = this.port.reserve(partner, call);
    if (!giveBack || partner.kind !== 'bank' || call !== 'command') return giveBack;
    const tried = this.circuits.reserve(partnerKey('bank', partner.id));
    return () => {
      tried();
      giveBack();
    };
  }

  close(): void {
    this.port.close();
  }

  private async watch(key: string, answer: Promise<PartnerAnswer>): Promise<void> {
    const tell = this.circuits.began(key);
    let timer: NodeJS.Timeout | undefined;
    const silence = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), this.answerWithinMs)));
    const answered = await Promise.race([answer.then(hasAnswered), silence]);
    clearTimeout(timer);
    tell(answered, performance.now());
  }
}
