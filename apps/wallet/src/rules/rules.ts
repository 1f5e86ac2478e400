import { allowedCurrencies } from './allowed-currencies.rule.js';
import { newAccount } from './new-account.rule.js';
import { perDay } from './per-day.rule.js';
import { perTransaction } from './per-transaction.rule.js';
import type { Rule } from './rule.js';
import { velocity } from './velocity.rule.js';

/** Asked, and told, in this order; the first refusal counts. */
export const rules: readonly Rule[] = [allowedCurrencies, perTransaction, newAccount, perDay, velocity];
