import type { Partner } from '../partners/partner.js';

const totals = (sums: ReadonlyMap<string, number>) => [...sums].map(([currency, amount]) => ({ amount, currency }));

/** A partner as whoever looks on sees it. */
export const partnerView = (partner: Partner) => ({
  id: partner.id,
  orders: partner.orders.size,
  under_way: partner.underWay.size,
  /** What left minus what came back: by its record, and besides. */
  paid: totals(partner.recorded),
  paid_unrecorded: totals(partner.unrecorded),
  behaviour: partner.settings,
  ...(partner.kind === 'atms' && { cassettes: partner.cassettes }),
});

export const partnerSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    orders: { type: 'integer' },
    under_way: { type: 'integer' },
    paid: { type: 'array', items: { type: 'object' } },
    paid_unrecorded: { type: 'array', items: { type: 'object' } },
    behaviour: { type: 'object' },
    cassettes: { type: 'array', items: { type: 'object' } },
  },
  required: ['id', 'orders', 'under_way', 'paid', 'paid_unrecorded', 'behaviour'],
} as const;
