import type { Refusal } from '@falconpay/pipeline/use-case';

/** A client reference names one transfer, for ever. */
export const duplicateReference = (existingId: string): Refusal => ({
  refused: 'duplicate-reference',
  detail: `the client reference belongs to ${existingId} already`,
  extensions: { existing_id: existingId },
});
