/** Paid in at first: more than transfers by chance can use up. */
export const openingAmount = 1_000_000;

/** Their numbers. Most of the money moves between the first two. */
export const accounts: readonly string[] = Array.from({ length: 8 }, (_, index) => `prove-${index + 1}`);
/** Those that may not spend all they have: one comes to the end of its day soon, the other has to wait again and again. */
export const limits: Readonly<Record<string, object>> = {
  'prove-7': { per_day: { amount: 5_000, currency: 'USD' } },
  'prove-8': { velocity: { count: 20, window_seconds: 10 } },
};
export const otherCurrency = 'prove-omr';
export const moreThanThereIs = accounts.length * openingAmount * 1_000;
