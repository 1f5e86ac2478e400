import { seriesIn } from './series.js';

describe('the series in what a service tells Prometheus', () => {
  it('are read with their labels, whatever stands in them', () => {
    const text = [
      '# HELP falconpay_outbox_pending Events committed and not yet published',
      '# TYPE falconpay_outbox_pending gauge',
      'falconpay_outbox_pending 7',
      'falconpay_dlq_records{topic="payment.created",group="a \\"b\\" {c} \\\\ d\\ne"} 1.5e3',
      '',
    ].join('\n');
    expect(seriesIn(text)).toEqual([
      { name: 'falconpay_outbox_pending', labels: {}, value: 7 },
      { name: 'falconpay_dlq_records', labels: { topic: 'payment.created', group: 'a "b" {c} \\ d\ne' }, value: 1_500 },
    ]);
  });
});
