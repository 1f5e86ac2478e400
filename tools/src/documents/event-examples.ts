import { exampleOf, type JsonSchema } from '@falconpay/choreography/example-of-schema';
import type { Topic } from '@falconpay/choreography/topic';

/** What members of these names look like in the documents; ids and the rest come from the schema. */
const known = {
  from: '1001',
  to: '1002',
  account_id: 'acc_01khsr0d8mt5w2n9vq4xj7f3ce',
  amount: 12_345,
  currency: 'OMR',
  balance_after: 1_000_000,
  reference: 'invoice 4711',
  detail: 'available 10.000 OMR, asked for 12.345 OMR',
};

export const exampleEvent = (topic: Topic): Record<string, unknown> =>
  exampleOf(topic.schema as JsonSchema, known) as Record<string, unknown>;
