import { SERVICES } from '@falconpay/local/services';
import { given, wholeNumberIn } from '../options.js';
import { textTable } from '../text-table.js';
import { UsageError } from '../usage-error.js';
import { Scrape } from './scrape.js';

export const outboxUsage = `falconpay outbox status [--older-than SECONDS] [--json]

How many events each service has committed and not published yet, for how long the oldest has waited, and why: "broker" (it refuses
or is away), "no-leader" (no instance publishes), "behind" (more comes in than goes out), "record" (the broker refuses this one, for
what is in it; the log says which it is and why. It and what follows under its key are tried again; others go on).

  --older-than SECONDS  from when on that is too long (60)
  --json                everything as JSON

Asked of the services themselves: FALCONPAY_HOME is the running system's folder (.falconpay); FALCONPAY_WALLET_URL and its like say
where a service answers that does not run from there.

Examples:
  falconpay outbox status
  falconpay outbox status --older-than 5 || echo "somebody should look"

Exit status: 0 nothing waits too long, 1 something does, 2 a service does not answer.`;

const olderThanSeconds = 60;
const services = SERVICES.filter(({ database }) => database !== undefined).map(({ name }) => name);

export interface OutboxState {
  readonly service: string;
  /** Null, as the figures after it, when the service does not answer, or its database does not. */
  readonly waiting: number | null;
  readonly oldest_seconds: number | null;
  readonly because: string | null;
  /** Since the service was started. */
  readonly failed_sends: number | null;
}

export async function outbox(args: readonly string[]): Promise<number> {
  const asked = given(args, ['older-than']);
  if (asked.words.join(' ') !== 'status') throw new UsageError(`expected "outbox status", not "outbox ${asked.words.join(' ')}"`);
  const limit = wholeNumberIn(asked, 'older-than') ?? olderThanSeconds;
  const states = await Promise.all(services.map(async (service) => stateOf(service, await Scrape.of(service, process.env))));
  console.log(asked.json ? JSON.stringify({ services: states }, null, 2) : describeOutboxes(states));
  if (states.some(({ waiting }) => waiting === null)) return 2;
  return states.some(({ oldest_seconds }) => (oldest_seconds ?? 0) > limit) ? 1 : 0;
}

function stateOf(service: string, scrape: Scrape | undefined): OutboxState {
  const reasons = scrape?.series('falconpay_outbox_oldest_pending_seconds') ?? [];
  const waiting = reasons.filter(({ value }) => value > 0);
  return {
    service,
    waiting: scrape?.value('falconpay_outbox_pending') ?? null,
    oldest_seconds: reasons.length === 0 ? null : Math.max(0, ...waiting.map(({ value }) => value)),
    because: waiting.length === 0 ? null : waiting.map(({ labels }) => labels['reason']).join(', '),
    failed_sends: scrape?.value('falconpay_outbox_publish_failures_total') ?? null,
  };
}

export const describeOutboxes = (states: readonly OutboxState[]): string =>
  textTable(
    ['service', 'waiting', 'oldest', 'because', 'failed sends'],
    states.map(({ service, waiting, oldest_seconds, because, failed_sends }) => [
      service,
      waiting === null ? 'no answer' : String(waiting),
      oldest_seconds === null || waiting === 0 ? '' : `${Math.round(oldest_seconds)} s`,
      because ?? '',
      String(failed_sends ?? ''),
    ]),
  );
