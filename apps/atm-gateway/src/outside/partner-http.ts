import { toWire } from '@falconpay/money/money';
import { readAnswer, type Asked } from './partner-answer.js';
import { PartnerCalls, type CallBounds } from './partner-calls.js';
import { PartnerConnections, type WireRequest } from './partner-connection.http.js';
import type { Partner, PartnerAnswer, PartnerCommand, PartnerKind, PartnerOrder, PartnerPort, PartnerRecord } from './partner-port.js';
import { partnerKey } from './registered-partner.js';

const LONGEST_ANSWER = 64_000;
const LONGEST_RECORD = 256_000_000;

const PATHS: Readonly<Record<PartnerKind, { readonly orders: string; readonly record: string }>> = {
  machine: { orders: 'dispenses', record: 'journal' },
  bank: { orders: 'credits', record: 'statement' },
  institution: { orders: 'cashouts', record: 'settlement' },
};

/** The partner protocols: JSON over HTTP. */
export class PartnerHttp implements PartnerPort {
  private readonly connections = new PartnerConnections();
  private readonly commands: PartnerCalls;
  private readonly commandsToBanks: PartnerCalls;
  private readonly questions: PartnerCalls;

  /** Banks have a pool of workers of their own, of a fixed size. */
  constructor(bounds: CallBounds, payoutWorkers = bounds.inTotal) {
    this.commands = new PartnerCalls(bounds);
    this.commandsToBanks = new PartnerCalls({ perPartner: payoutWorkers, inTotal: payoutWorkers });
    this.questions = new PartnerCalls(bounds);
  }

  command(order: PartnerOrder, command: PartnerCommand, timeoutMs: number): Promise<PartnerAnswer> {
    const card = command.kind === 'institution' ? command.card : undefined;
    const body = commandBody(order, command);
    const request = { method: 'POST', url: ordersOf(order.partner), body, timeoutMs } as const;
    return this.ask(this.callsOf(order.partner, 'command'), { question: 'command', order, card }, request);
  }

  cancel(order: PartnerOrder, timeoutMs: number, reversalId?: string): Promise<PartnerAnswer> {
    const { partner, id, amount } = order;
    const asked = { question: 'cancel', order, reversalId } as const;
    if (partner.kind !== 'institution')
      return this.ask(this.questions, asked, { method: 'POST', url: `${orderPath(order)}/cancel`, timeoutMs });
    const body = { reversal_id: reversalId, cashout_id: id, amount: toWire(amount) };
    return this.ask(this.questions, asked, { method: 'POST', url: `${trimmed(partner.url)}/reversals`, body, timeoutMs });
  }

  inquire(order: PartnerOrder, timeoutMs: number): Promise<PartnerAnswer> {
    return this.ask(this.questions, { question: 'inquiry', order }, { method: 'GET', url: orderPath(order), timeoutMs });
  }

  async record(partner: Partner, date: string, timeoutMs: number): Promise<PartnerRecord> {
    const done = this.questions.reserve(partner);
    if (done === undefined) return { doubt: 'no-room' };
    const url = `${trimmed(partner.url)}/${PATHS[partner.kind].record}?date=${encodeURIComponent(date)}`;
    const outcome = await this.connections.send({ method: 'GET', url, timeoutMs, longestAnswer: LONGEST_RECORD, connection: 'new' });
    done();
    if ('doubt' in outcome) return { doubt: outcome.doubt };
    return outcome.status === 200 ? { text: outcome.text } : { doubt: 'unexpected-status' };
  }

  room(partner: Pick<Partner, 'kind' | 'id'>, call: 'command' | 'question' = 'command'): number {
    return this.callsOf(partner, call).room(partner);
  }

  reserve(partner: Pick<Partner, 'kind' | 'id'>, call: 'command' | 'question'): (() => void) | undefined {
    return this.callsOf(partner, call).reserve(partner);
  }

  close(): void {
    this.connections.close();
  }

  private callsOf({ kind }: Pick<Partner, 'kind'>, call: 'command' | 'question'): PartnerCalls {
    if (call === 'question') return this.questions;
    return kind === 'bank' ? this.commandsToBanks : this.commands;
  }

  private async ask(calls: PartnerCalls, asked: Asked, request: Omit<WireRequest, 'longestAnswer' | 'connection'>): Promise<PartnerAnswer> {
    const { partner } = asked.order;
    const done = calls.begin(partner);
    const connection = asked.question === 'command' ? { owner: partnerKey(partner.kind, partner.id) } : 'new';
    const outcome = await this.connections.send({ ...request, longestAnswer: LONGEST_ANSWER, connection });
    done();
    const { tookMs } = outcome;
    if (!('doubt' in outcome)) {
      const answer = readAnswer(asked, outcome);
      if (answer.doubt === 'answers-another-order') outcome.drop();
      return { ...answer, tookMs };
    }
    const { doubt, text } = outcome;
    const { raw } = readAnswer(asked, { status: 0, text });
    return { says: doubt === 'no-connection' ? 'not_sent' : 'unknown', doubt, raw, tookMs };
  }
}

function commandBody({ id, amount }: PartnerOrder, command: PartnerCommand): unknown {
  switch (command.kind) {
    case 'machine':
      return { dispense_id: id, amount: toWire(amount) };
    case 'bank':
      return { credit_id: id, amount: toWire(amount), iban: command.iban, reference: command.reference };
    case 'institution':
      return { cashout_id: id, amount: toWire(amount), card: { number: command.card.number, pin: command.card.pin } };
  }
}

const trimmed = (url: string): string => url.replace(/\/+$/, '');
const ordersOf = (partner: Partner): string => `${trimmed(partner.url)}/${PATHS[partner.kind].orders}`;
const orderPath = ({ partner, id }: PartnerOrder): string => `${ordersOf(partner)}/${encodeURIComponent(id)}`;
