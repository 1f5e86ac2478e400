/** What the back office answers, as far as it is shown. */
export interface Letter {
  readonly id: string;
  readonly status: string;
  readonly topic: string;
  readonly group: string;
  readonly saga_id: string;
  readonly event_id: string;
  readonly kind: string;
  readonly handler: string | null;
  readonly error: { readonly class: string; readonly message: string; readonly stack?: string | null };
  readonly fingerprint: string;
  readonly attempts: number;
  readonly failed_at: string;
  readonly replays: number;
  readonly edited_as: string | null;
}

export interface TimelineEvent {
  readonly event: string;
  readonly service: string;
  readonly committed_at: string;
  readonly publish_lag_ms: number;
  readonly consume_lag_ms: number | null;
  readonly why: { readonly code: string; readonly detail: string } | null;
}

export interface WholeLetter extends Letter {
  readonly data: unknown;
  readonly value: { readonly size: number; readonly text: string | null; readonly base64: string } | null;
  readonly headers: readonly { readonly name: string; readonly text: string | null; readonly base64: string | null }[];
  readonly contract_fault: string | null;
  readonly notes: readonly { readonly at: string; readonly who: string; readonly note: string }[];
  readonly events: readonly TimelineEvent[];
  readonly others: readonly string[];
}

export interface Group {
  readonly fingerprint: string;
  readonly error: { readonly class: string; readonly message: string };
  readonly count: number;
  readonly waiting: number;
  readonly groups: readonly string[];
  readonly last_seen_at: string;
}

export interface Replay {
  readonly id: string;
  readonly status: string;
  readonly who: string;
  readonly reason: string | null;
  readonly stopped_by: string | null;
  readonly items: Readonly<Record<string, number>>;
  readonly created_at: string;
}

export interface ReplayItem {
  readonly number: number;
  readonly dead_letter: string;
  readonly event_id: string;
  readonly verdict: string;
  readonly detail: string | null;
  readonly status: string;
  readonly outcome: string | null;
}

export interface Expected {
  readonly service: string;
  readonly does: string;
  readonly due_at: string;
  readonly overdue: boolean;
  readonly consumer?: { readonly state: string; readonly tries: number; readonly error: string | null } | null;
  readonly one_of: readonly string[];
}

export interface Page<Row> {
  readonly data: readonly Row[];
  readonly next_cursor: string | null;
}
