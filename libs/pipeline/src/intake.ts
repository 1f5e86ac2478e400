import type { InboundRecord } from '@falconpay/kafka/inbound-record';
import type { RowKinds } from './use-case.js';
import type { EventWork } from './work.js';

/** What a service hears, and what each record it hears is to it. */
export interface Intake<Kinds extends RowKinds> {
  readonly topics: readonly string[];
  understand(record: InboundRecord): EventWork<Kinds>;
  /** What operators send back to it; none of a service that sets nothing aside which they would. */
  understandCommand?(record: InboundRecord, topic: string): EventWork<Kinds> | undefined;
}
