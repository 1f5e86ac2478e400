import type { InboundRecord } from '@falconpay/kafka/inbound-record';
import { BackofficeIntake } from './backoffice-intake.js';
import type { TimelineEvent } from './timelines/timeline-event.js';

const record: InboundRecord = {
  ...{ topic: 'payment.created', partition: 0, offset: '1', timestamp: '1767225600000', key: Buffer.from('pay_1'), value: null },
  headers: {},
};
const eventOf = (more: Partial<InboundRecord>): TimelineEvent => {
  const { todo } = new BackofficeIntake().understand({ ...record, ...more });
  return (todo as { message: unknown }).message as TimelineEvent;
};

describe('what the back office takes in of any record', () => {
  it.each([['0000-01-01T00:00:00Z'], ['-000001-01-01T00:00:00Z'], ['+010000-01-01T00:00:00Z'], ['never']])(
    'has the time of its record when that of the event cannot be kept: %s',
    (ce_time) => {
      const publishedAt = new Date(1_767_225_600_000);
      expect(eventOf({ headers: { ce_time } })).toMatchObject({ at: publishedAt, publishedAt });
    },
  );

  it.each([['-1'], ['253402300800000'], ['9223372036854775807'], ['x']])(
    'has a time that can be kept when its record’s is %s',
    (timestamp) => {
      expect(eventOf({ timestamp })).toMatchObject({ at: new Date(0), publishedAt: new Date(0) });
      expect(eventOf({ timestamp, headers: { ce_time: '2026-01-01T00:00:00Z' } }).at).toEqual(new Date('2026-01-01T00:00:00Z'));
    },
  );

  const refused = { code: 'account-frozen', detail: 'account 1\u00001 is frozen' };
  it.each(['payment.failed', 'hold.refused', 'redemption.refused', 'withdrawal.failed', 'payout.failed', 'spending.refused'])(
    'is why not, of a %s',
    (topic) => {
      const value = Buffer.from(JSON.stringify({ ...refused, more: 1 }));
      expect(eventOf({ topic, value }).why).toEqual({ code: 'account-frozen', detail: 'account 11 is frozen' });
    },
  );

  const silent = [null, '{', 'null', '{"code":1,"detail":"x"}', '{"code":"x"}'].map((value) => ['payment.failed', value] as const);
  it.each([...silent, ['payment.created', JSON.stringify(refused)] as const])(
    'is no reason where there is none: %s, %s',
    (topic, value) => {
      expect(eventOf({ topic, value: value === null ? null : Buffer.from(value) }).why).toBeUndefined();
    },
  );
});
