import type { PartnerCommand, PartnerKind } from '../outside/partner-port.js';
import { partnerKey } from '../outside/registered-partner.js';
import type { Order, OrderKind } from './order.js';

/** Through whose hands each kind of order goes. */
const partnerKinds: Readonly<Record<OrderKind, PartnerKind>> = { withdrawal: 'machine' };

/** What orders through such a partner are called, and what their ids begin with. */
export function ordersThrough(partner: PartnerKind): { readonly kind: OrderKind; readonly prefix: string } | undefined {
  const kind = (Object.keys(partnerKinds) as OrderKind[]).find((each) => partnerKinds[each] === partner);
  return kind && { kind, prefix: orderPrefixes[kind] };
}

/** Before the underscore of an order's id. */
export const orderPrefixes: Readonly<Record<OrderKind, string>> = { withdrawal: 'wdr' };

export const partnerKeyOf = ({ kind, partner }: Pick<Order, 'kind' | 'partner'>): string => partnerKey(partnerKinds[kind], partner);

/** What the partner is told beyond the amount. */
export const commandOf = (order: Order): PartnerCommand => commands[order.kind](order);

const commands: Readonly<Record<OrderKind, (order: Order) => PartnerCommand>> = { withdrawal: () => ({ kind: 'machine' }) };
