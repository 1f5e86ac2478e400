import { defineSaga } from '@falconpay/choreography/saga';
import { redemptionApproved } from '../topics/redemption-approved.topic.js';
import { redemptionCredited } from '../topics/redemption-credited.topic.js';
import { redemptionRefused } from '../topics/redemption-refused.topic.js';

/**
 * The money of a card comes in: charged at its institution, then credited by the wallet. Before the wallet has said yes, every
 * doubt is undone: claim-cash-out stores the reversal, and sends it again and again under one reference until it is acknowledged.
 */
export const redeemCardSaga = defineSaga({
  name: 'redeem-card',
  about: 'A card is charged and an account credited, or neither: whatever is in doubt is reversed until the institution says that it is.',
  steps: [
    { by: 'atm-gateway', on: 'http', does: 'request-redemption', emits: [], awaits: 'timer' },
    { by: 'atm-gateway', on: 'timer', does: 'claim-cash-out', emits: [], awaits: 'outside-world', undoneBy: 'reverse-redemption' },
    { by: 'atm-gateway', on: 'outside-world', does: 'record-answer', emits: [redemptionApproved] },
    { by: 'wallet', on: redemptionApproved, does: 'credit-redemption', emits: [redemptionCredited, redemptionRefused], pivot: true },
    { by: 'atm-gateway', on: redemptionCredited, does: 'complete-redemption', emits: [] },
    { by: 'atm-gateway', on: redemptionRefused, does: 'reverse-redemption', emits: [], awaits: 'timer' },
  ],
  ends: ['record-answer', 'complete-redemption'],
});
