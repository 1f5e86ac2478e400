import type { Account } from './account.js';

/** An account as clients see it; its money is told by the balance. */
export const accountView = (account: Account) => ({
  id: account.id,
  number: account.number,
  owner: account.owner,
  currency: account.currency,
  status: account.status,
  created_at: account.createdAt.toISOString(),
  updated_at: account.updatedAt.toISOString(),
});
