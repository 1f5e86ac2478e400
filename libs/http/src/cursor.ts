import { createHmac, timingSafeEqual } from 'node:crypto';
import { IsOptional } from 'class-validator';
import { field } from './body-fields.js';
import { Problem } from './problem.js';

export const DEFAULT_LIMIT = 25;
export const MOST_PER_PAGE = 100;

const IsPageLimit = field({
  name: 'isPageLimit',
  message: `must be a whole number from 1 to ${MOST_PER_PAGE}`,
  schema: { type: 'integer', minimum: 1, maximum: MOST_PER_PAGE, default: DEFAULT_LIMIT },
  test: (value) => typeof value === 'string' && /^(?:[1-9]\d?|100)$/.test(value),
});

const IsCursor = field({
  name: 'isCursor',
  message: 'must be a cursor of an earlier page',
  schema: { type: 'string' },
  test: (value) => typeof value === 'string' && value.length <= 512,
});

/** The query of a list; extend it with the list's own filters. */
export class PageQuery {
  @IsOptional()
  @IsPageLimit()
  limit?: string;

  @IsOptional()
  @IsCursor()
  cursor?: string;
}

export function pageLimitOf(query: PageQuery): number {
  return query.limit === undefined ? DEFAULT_LIMIT : Number.parseInt(query.limit, 10);
}

/** Where a page ends: the sort key of its last row. */
export type CursorPosition = readonly (string | number)[];

/** What a cursor is good for: the same client, the same list, the same filters. */
export interface CursorScope {
  readonly list: string;
  readonly client?: string;
  readonly filters: Readonly<Record<string, string | undefined>>;
}

export interface Page<Row> {
  readonly data: readonly Row[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}

const TAG_BYTES = 16;

/** Cursors nobody can read into or make up. All instances of a service need the same secret. */
export class Cursors {
  constructor(private readonly secret: string | Buffer) {}

  encode(position: CursorPosition, scope: CursorScope): string {
    const payload = Buffer.from(JSON.stringify(position), 'utf8');
    return Buffer.concat([this.tag(payload, scope), payload]).toString('base64url');
  }

  /** The position; a 400 when the cursor was changed or belongs to another list, filter or client. */
  decode(cursor: string, scope: CursorScope): CursorPosition {
    const bytes = /^[A-Za-z0-9_-]{24,512}$/.test(cursor) ? Buffer.from(cursor, 'base64url') : Buffer.alloc(0);
    const payload = bytes.subarray(TAG_BYTES);
    const isOurs =
      bytes.length > TAG_BYTES &&
      bytes.toString('base64url') === cursor &&
      timingSafeEqual(bytes.subarray(0, TAG_BYTES), this.tag(payload, scope));
    if (!isOurs)
      throw new Problem('invalid-cursor', 'The cursor does not belong to this list with these filters.', {
        errors: [{ pointer: 'cursor', detail: 'is not a cursor of this list' }],
      });
    return JSON.parse(payload.toString('utf8')) as CursorPosition;
  }

  /** `rows` are up to `limit + 1`, as fetched: the one too many tells that there is more. */
  page<Row>(rows: readonly Row[], limit: number, scope: CursorScope, positionOf: (row: Row) => CursorPosition): Page<Row> {
    const data = rows.slice(0, limit);
    const last = data.at(-1);
    const hasMore = rows.length > limit && last !== undefined;
    return { data, has_more: hasMore, next_cursor: hasMore ? this.encode(positionOf(last), scope) : null };
  }

  private tag(payload: Buffer, scope: CursorScope): Buffer {
    const filters = Object.entries(scope.filters)
      .filter(([, value]) => value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const bound = JSON.stringify([scope.list, scope.client ?? '', filters]);
    return createHmac('sha256', this.secret).update(bound).update('\n').update(payload).digest().subarray(0, TAG_BYTES);
  }
}
