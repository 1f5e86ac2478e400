/** Paid in at first: more than transfers by chance can use up. */
export const openingAmount = 1_000_000;

/** Their numbers. Most of the money moves between the first two. */
export const accounts: readonly string[] = Array.from({ length: 8 }, (_, index) => `prove-${index + 1}`);
export const otherCurrency = 'prove-omr';
export const moreThanThereIs = accounts.length * openingAmount * 1_000;
