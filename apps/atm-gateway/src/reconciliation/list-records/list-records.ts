import { newestFirst, type ListQuery } from '../newest-first.js';

export interface RecordFilter {
  readonly kind?: string;
  readonly partner?: string;
  readonly date?: string;
}

export const recordsQuery = (filter: RecordFilter, below: string | undefined, limit: number): ListQuery =>
  newestFirst('records', { kind: filter.kind, partner: filter.partner, date: filter.date }, below, limit);
