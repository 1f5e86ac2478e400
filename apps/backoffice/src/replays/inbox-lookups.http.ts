import { servicesOf } from '@falconpay/choreography/participants';
import { consumerGroup, sagas, type Service } from '@falconpay/contracts/choreography';
import type { AskedEvent, EventStanding, InboxAnswer } from './inbox-answer.js';

/** What the services take at a time: so many events, and a body of 64 kB. */
const atOnceMax = 500;
const bodyBytesMax = 60_000;
/** A longer key is not asked for: the event itself is known by its id. */
const keyBytesMax = 300;
const answerWithinMs = 5_000;

interface LookupBody {
  readonly remembers_since: string;
  readonly replay_count_max: number;
  readonly data: readonly {
    readonly id: string;
    readonly state: EventStanding['state'];
    readonly outcome: string | null;
    readonly line: {
      readonly state: 'retrying' | 'dead';
      readonly head_id: string;
      readonly attempts: number;
      readonly error_class: string;
      readonly error_message: string;
      readonly replay_id: string | null;
      readonly waiting: number;
    } | null;
  }[];
}

/** Asks the services what has become of events there. It changes nothing, so it is simply asked again. */
export class InboxLookups {
  private readonly urls: ReadonlyMap<string, string>;

  constructor(urlOf: (service: string) => string) {
    this.urls = new Map(servicesOf(sagas).map((service) => [consumerGroup(service as Service), urlOf(service)]));
  }

  /** Rejects when the service of the group does not answer as it should. */
  async ask(group: string, events: readonly AskedEvent[]): Promise<InboxAnswer> {
    const url = this.urls.get(group);
    if (url === undefined) throw new Error(`no service is known of the group ${group}`);
    const standings = new Map<string, EventStanding>();
    let [remembersSince, replayCountMax] = [new Date(0), 0];
    for (const body of bodiesOf(events)) {
      const { remembers_since, replay_count_max, data } = await post(url, body);
      [remembersSince, replayCountMax] = [new Date(remembers_since), replay_count_max];
      for (const each of data) standings.set(each.id, standingOf(each));
    }
    return { remembersSince, replayCountMax, events: standings };
  }
}

/** As few as will do: a replay asks about each of its letters again and again. */
function* bodiesOf(events: readonly AskedEvent[]): Generator<string> {
  let [asked, bytes]: [string[], number] = [[], 0];
  const body = (): string => `{"events":[${asked.join(',')}]}`;
  for (const { id, topic, key } of events) {
    const event = JSON.stringify({ id, topic, key: key !== undefined && key.length <= keyBytesMax ? key.toString('base64') : null });
    if (asked.length === atOnceMax || bytes + event.length > bodyBytesMax) {
      yield body();
      [asked, bytes] = [[], 0];
    }
    asked.push(event);
    bytes += event.length + 1;
  }
  if (asked.length > 0) yield body();
}

async function post(url: string, body: string): Promise<LookupBody> {
  const reply = await fetch(`${url}/v1/inbox/lookup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal: AbortSignal.timeout(answerWithinMs),
  });
  if (reply.status !== 200) throw new Error(`${url} answers with ${reply.status} when it is asked about its inbox`);
  return (await reply.json()) as LookupBody;
}

const standingOf = ({ state, outcome, line }: LookupBody['data'][number]): EventStanding => ({
  state,
  outcome: outcome ?? undefined,
  line: line
    ? {
        ...{
          state: line.state,
          headId: line.head_id,
          attempts: line.attempts,
          errorClass: line.error_class,
          errorMessage: line.error_message,
        },
        ...{ deliveryId: line.replay_id ?? undefined, waiting: line.waiting },
      }
    : undefined,
});
