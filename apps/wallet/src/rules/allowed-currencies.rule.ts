import type { Rule } from './rule.js';

/** Only in these currencies. */
export const allowedCurrencies: Rule = ({ currency }, { currencies }) => {
  if (!currencies || currencies.includes(currency)) return undefined;
  return { code: 'rule-refused', detail: `may spend in ${currencies.join(', ')} only` };
};
