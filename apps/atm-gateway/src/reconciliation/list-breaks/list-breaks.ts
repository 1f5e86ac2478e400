import { newestFirst, type ListQuery } from '../newest-first.js';

export interface BreakFilter {
  readonly kind?: string;
  readonly partner?: string;
  readonly class?: string;
  readonly status?: string;
}

export const breaksQuery = (filter: BreakFilter, below: string | undefined, limit: number): ListQuery =>
  newestFirst('breaks', { kind: filter.kind, partner: filter.partner, class: filter.class, status: filter.status }, below, limit);
