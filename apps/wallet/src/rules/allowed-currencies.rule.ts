import type { Rule } from './rule.js';

/** Only in these currencies. */
export const allowedCurrencies: Rule<readonly string[]> = {
  name: 'currencies',
  ofAccounts: { is: 'currencies' },
  ofClients: { is: 'currencies' },
  refusal: ({ currency }, allowed) =>
    allowed.includes(currency) ? undefined : { code: 'rule-refused', detail: `may spend in ${allowed.join(', ')} only` },
};
