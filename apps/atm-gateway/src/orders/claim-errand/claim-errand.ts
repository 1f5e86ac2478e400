import { toWire, type WireMoney } from '@falconpay/money/money';
import { gatewayUseCase, type GatewayRows } from '../../gateway-rows.js';
import { claimed, done, type Errand, type ErrandStep, type Patience } from '../../outside/errand.js';
import type { Partner, PartnerCommand } from '../../outside/partner-port.js';
import type { Decision } from '@falconpay/pipeline/use-case';
import { announced } from '../announcements.js';
import { knownOrder } from '../known-order.js';
import { moved, type Order } from '../order.js';
import { commandOf } from '../order-partner.js';
import { doubted, inReview, type Ruling } from '../ruling.js';

export interface ClaimErrand {
  readonly orderId: string;
  /** Key of the errand's partner. */
  readonly partner: string;
  readonly patience: Patience;
}

/** What whoever claimed it is to do now, outside any transaction. */
export interface Task {
  readonly orderId: string;
  readonly step: ErrandStep;
  readonly partner: Pick<Partner, 'kind' | 'id' | 'url'>;
  readonly amount: WireMoney;
  readonly command: PartnerCommand;
}

/**
 * The intent's commit, for a command and for every cancel and inquiry after it. Before anything leaves, it is written that it
 * may have left, and what is to be done if nobody ever answers.
 */
export const claimErrand = gatewayUseCase({
  name: 'claim-errand',
  needs: ({ orderId, partner }: ClaimErrand) => ({ orders: [orderId], errands: [orderId], partners: [partner] }),
  decide: ({ orderId, partner, patience }, rows, { now }) => {
    const errand = rows.get('errands', orderId);
    const order = knownOrder(rows, orderId);
    const where = rows.get('partners', partner);
    // Another one was faster, or the answer came meanwhile.
    if (!errand?.dueAt || errand.dueAt > now || !where) return reply(undefined);
    if (errand.step === 'command') return command(order, errand, where, patience, now);
    if (now.getTime() - (order.sentAt ?? order.createdAt).getTime() >= patience.reviewAfterMs) {
      const detail = 'nobody could say in time what became of it';
      return without(errand, inReview(order, { reason: 'no-answer', detail }, now), now);
    }
    const { order: after, announce } = doubted(order, now);
    return {
      put: { orders: [after], errands: [claimed(errand, patience, now)] },
      events: announced(after, announce),
      ...reply(taskOf(after, errand.step, where)),
    };
  },
});

/** Nothing is sent so late that nobody waits for it any more. */
function command(order: Order, errand: Errand, where: Partner, patience: Patience, now: Date): Decision<GatewayRows> {
  if (order.expiresAt <= now) {
    const failure = { code: 'expired', detail: `it was to begin before ${order.expiresAt.toISOString()}; nothing was sent` };
    return without(errand, { order: moved(order, 'fail', now, { failure }), announce: 'failed' }, now);
  }
  const acting = moved(order, 'act', now, { sentAt: now });
  if (acting === order) return reply(undefined);
  return { put: { orders: [acting], errands: [claimed(errand, patience, now)] }, ...reply(taskOf(acting, 'command', where)) };
}

const without = (errand: Errand, { order, announce, open }: Ruling, now: Date): Decision<GatewayRows> => ({
  put: { orders: [order], errands: [done(errand)], cases: open ? [{ ...open, orderId: order.id, openedAt: now }] : [] },
  events: announced(order, announce),
  ...reply(undefined),
});

const reply = (task: Task | undefined) => ({ reply: { status: 200, body: { task } } });

const taskOf = (order: Order, step: ErrandStep, { kind, id, url }: Partner): Task => ({
  ...{ orderId: order.id, step, partner: { kind, id, url } },
  ...{ amount: toWire(order.amount), command: commandOf(order) },
});
