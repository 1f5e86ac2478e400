import type { PartnerCommand, PartnerKind } from '../outside/partner-port.js';
import { partnerKey } from '../outside/registered-partner.js';
import type { Order, OrderKind } from './order.js';

/** Through whose hands each kind of order goes. */
const partnerKinds: Readonly<Record<OrderKind, PartnerKind>> = { withdrawal: 'machine' };

export const partnerKeyOf = ({ kind, partner }: Pick<Order, 'kind' | 'partner'>): string => partnerKey(partnerKinds[kind], partner);

/** What the partner is told beyond the amount. */
export const commandOf = (order: Order): PartnerCommand => commands[order.kind](order);

const commands: Readonly<Record<OrderKind, (order: Order) => PartnerCommand>> = { withdrawal: () => ({ kind: 'machine' }) };
