import { header, letter } from '../dead-letters/letter-for-specs.js';
import type { TimelineEvent } from '../timelines/timeline-event.js';
import type { EventStanding, InboxAnswer } from './inbox-answer.js';
import { isSendable, laterEvents, verdictOn } from './verdict.js';

const id = letter.eventId;
const later = '019a0000-0000-7000-8000-000000000002';

const blocked: EventStanding = {
  ...{ state: 'blocked', outcome: undefined },
  line: { state: 'dead', headId: id, attempts: 3, errorClass: 'Error', errorMessage: 'no', deliveryId: undefined, waiting: 0 },
};
const processed: EventStanding = { state: 'processed', outcome: 'done', line: undefined };
const inbox = (standing: EventStanding | undefined, more: readonly [string, EventStanding][] = []): InboxAnswer => ({
  remembersSince: new Date(0),
  replayCountMax: 10,
  events: new Map([...(standing ? [[id, standing] as const] : []), ...more]),
});
/** Which would be valid, were it read all the same. */
const notUtf8 = Buffer.from(String(letter.value).replace('{', '{"reference":"ÿ",'), 'latin1');
const event = (topic: string, eventId: string, sequence: number): TimelineEvent => ({
  ...{ sagaId: 'pay_1', eventId, topic, service: 'payment', at: new Date(0), publishedAt: new Date(0), causationId: undefined, sequence },
  why: undefined,
});

describe('what a replay would come to', () => {
  it('is that it is processed, when nothing speaks against it', () => {
    expect(verdictOn(letter, inbox(blocked), [event('payment.created', id, 1)])).toEqual({ kind: 'will-be-processed' });
  });

  it.each([
    ['no-answer', letter, undefined, []],
    ['already-processed', { ...letter, state: 'resolved' as const }, inbox(processed), []],
    ['not-waiting', { ...letter, state: 'discarded' as const }, inbox(blocked), []],
    ['not-waiting', letter, inbox({ state: 'processed', outcome: 'discarded', line: undefined }), []],
    ['not-waiting', letter, inbox({ ...blocked, line: { ...blocked.line!, state: 'retrying' } }), []],
    [
      'too-old',
      letter,
      { ...inbox({ state: 'unknown', outcome: undefined, line: undefined }), remembersSince: new Date('2099-01-01') },
      [],
    ],
    ['unknown-schema', { ...letter, value: Buffer.from('{') }, inbox(blocked), []],
    ['unknown-schema', { ...letter, headers: [header('ce_type', 'com.falconpay.payment.created.v2')] }, inbox(blocked), []],
    ['unknown-schema', { ...letter, headers: [header('ce_type', 'com.falconpay.payment.created.v1')] }, inbox(blocked), []],
    ['unknown-schema', { ...letter, headers: [...letter.headers, header('ce_id', 'seven')] }, inbox(blocked), []],
    ['unknown-schema', { ...letter, value: notUtf8 }, inbox(blocked), []],
    ['too-old', { ...letter, eventId: later.replace('7', 'f') }, inbox(undefined), []],
    ['sent-too-often', { ...letter, replays: 10 }, inbox(blocked), []],
    ['saga-over', letter, inbox(blocked), [event('payment.failed', later, 1)]],
    ['stale', letter, inbox(blocked, [[later, processed]]), [event('payment.created', later, 2)]],
  ] as const)('is %s', (kind, dead, answer, events) => {
    expect(verdictOn(dead, answer, events).kind).toBe(kind);
  });

  it('is no longer too old while its consumer still has it at the head of a line', () => {
    expect(verdictOn(letter, { ...inbox(blocked), remembersSince: new Date('2099-01-01') }, []).kind).toBe('will-be-processed');
  });

  it('is judged by what was made of it, once it is edited', () => {
    const edited = { ...letter, value: Buffer.from('{'), replacement: { eventId: later, value: letter.value ?? Buffer.alloc(0) } };
    expect(verdictOn(edited, inbox(blocked), [])).toEqual({ kind: 'will-be-processed' });
    expect(verdictOn(edited, inbox(blocked, [[later, processed]]), [])).toEqual({ kind: 'already-processed' });
    expect(verdictOn(edited, inbox(processed), [])).toEqual({ kind: 'already-processed' });
    expect(verdictOn({ ...edited, headers: [] }, inbox(blocked), []).kind).toBe('will-be-processed');
    const refused: EventStanding = { state: 'processed', outcome: 'refused', line: undefined };
    expect(verdictOn(edited, inbox(blocked, [[later, refused]]), []).kind).toBe('not-waiting');
  });

  it('is sent only when it would be taken in', () => {
    expect(isSendable({ kind: 'will-be-processed' }) && isSendable({ kind: 'stale' })).toBe(true);
    expect(isSendable({ kind: 'saga-over' }) || isSendable({ kind: 'no-answer' })).toBe(false);
  });
});

describe('events that came after a letter', () => {
  it('are those of its topic with a greater sequence', () => {
    const events = [event('payment.created', id, 1), event('payment.created', later, 2), event('payment.failed', id, 3)];
    expect(laterEvents(letter, events).map((each) => each.id)).toEqual([later]);
  });
});
