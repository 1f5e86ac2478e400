import type { PartnerCommand, PartnerKind } from '../outside/partner-port.js';
import { partnerKey } from '../outside/registered-partner.js';
import type { Order, OrderKind, OutgoingKind } from './order.js';
import { orderWords } from './order-words.js';

/** What orders through such a partner are called, and what their ids begin with. */
export function ordersThrough(partner: PartnerKind): { readonly kind: OrderKind; readonly prefix: string } | undefined {
  const kind = (Object.keys(orderWords) as OrderKind[]).find((each) => orderWords[each].partnerKind === partner);
  return kind && { kind, prefix: orderWords[kind].idPrefix };
}

/** Through whose hands it goes. */
export const partnerKeyOf = ({ kind, partner }: Pick<Order, 'kind' | 'partner'>): string =>
  partnerKey(orderWords[kind].partnerKind, partner);

/** What the partner is told beyond the amount. */
export function commandOf(order: Order): PartnerCommand {
  if (order.kind === 'redemption') throw new TypeError('a card is in nobody’s order');
  return commands[order.kind](order);
}

const commands: Readonly<Record<OutgoingKind, (order: Order) => PartnerCommand>> = {
  withdrawal: () => ({ kind: 'machine' }),
  payout: ({ id, beneficiary }) => ({ kind: 'bank', iban: beneficiary?.iban ?? '', reference: beneficiary?.reference ?? id }),
};
