import { letter } from '../dead-letters/letter-for-specs.js';
import { laneOf } from './replay-item.js';

it('two letters are in one lane when they are of one key, or of one event that has none', () => {
  const other = { ...letter, eventId: '019a0000-0000-7000-8000-000000000002' };
  expect(laneOf(other)).toBe(laneOf(letter));
  expect(laneOf({ ...letter, group: 'falconpay.payment' })).not.toBe(laneOf(letter));
  expect(laneOf({ ...letter, topic: 'payment.failed' })).not.toBe(laneOf(letter));
  const keyless = { ...letter, key: undefined };
  const copy = { ...keyless, id: 'dlt_2' };
  expect(laneOf(copy)).toBe(laneOf(keyless));
  expect(laneOf({ ...keyless, eventId: other.eventId })).not.toBe(laneOf(keyless));
});
