import { servicesOf } from '@falconpay/choreography/participants';
import { consumerGroup, sagas, type Service } from '@falconpay/contracts/choreography';
import type { AskedEvent, EventStanding, InboxAnswer } from './inbox-answer.js';

/** Fits in a body, whatever the keys are. */
const atOnceMax = 100;
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
    for (let from = 0; from < events.length; from += atOnceMax) {
      const { remembers_since, replay_count_max, data } = await post(url, events.slice(from, from + atOnceMax));
      [remembersSince, replayCountMax] = [new Date(remembers_since), replay_count_max];
      for (const each of data) standings.set(each.id, standingOf(each));
    }
    return { remembersSince, replayCountMax, events: standings };
  }
}

async function post(url: string, events: readonly AskedEvent[]): Promise<LookupBody> {
  const asked = events.map(({ id, topic, key }) => ({
    id,
    topic,
    key: key !== undefined && key.length <= keyBytesMax ? key.toString('base64') : null,
  }));
  const reply = await fetch(`${url}/v1/inbox/lookup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ events: asked }),
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
