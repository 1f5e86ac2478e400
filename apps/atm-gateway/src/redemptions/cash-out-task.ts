import type { WireMoney } from '@falconpay/money/money';
import type { ErrandStep } from '../outside/errand.js';
import type { Partner } from '../outside/partner-port.js';

/** What whoever claimed it is to do now, outside any transaction. The card is not in it. */
export interface CashOutTask {
  readonly orderId: string;
  readonly step: ErrandStep;
  readonly partner: Pick<Partner, 'kind' | 'id' | 'url'>;
  readonly amount: WireMoney;
  /** Of a reversal. */
  readonly reversalId: string | undefined;
}
