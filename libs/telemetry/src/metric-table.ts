/**
 * Every series of ours, once. Labels are words from small fixed sets: no ids, no references, no free text. A partner is one
 * too: there are as many as operators have made known; and a fingerprint: there are as many as kinds of failure.
 */
interface Declared<Kind extends 'counter' | 'gauge' | 'histogram', Label extends string> {
  readonly kind: Kind;
  readonly help: string;
  readonly labels: readonly Label[];
  readonly buckets?: readonly number[];
}

const counter = <const Label extends string = never>(help: string, ...labels: Label[]): Declared<'counter', Label> => ({
  kind: 'counter',
  help,
  labels,
});
const gauge = <const Label extends string = never>(help: string, ...labels: Label[]): Declared<'gauge', Label> => ({
  kind: 'gauge',
  help,
  labels,
});
const histogram = <const Label extends string = never>(
  help: string,
  buckets: readonly number[],
  ...labels: Label[]
): Declared<'histogram', Label> => ({
  kind: 'histogram',
  help,
  labels,
  buckets,
});

const REQUEST_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const SAGA_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300];

export const METRICS = {
  falconpay_http_request_duration_seconds: histogram(
    'How long requests took, by route template',
    REQUEST_SECONDS,
    'route',
    'method',
    'code',
  ),
  falconpay_payments_finished_total: counter(
    'Payments that reached their end; outcome is completed, declined, failed or compensated',
    'type',
    'outcome',
  ),
  falconpay_saga_duration_seconds: histogram('From accepted to finished', SAGA_SECONDS, 'type', 'outcome'),
  falconpay_sagas_open: gauge('Sagas that are not finished', 'type', 'state'),
  falconpay_saga_oldest_open_seconds: gauge('Age of the oldest saga that is not finished', 'type', 'state'),
  falconpay_saga_stuck: gauge('Sagas far older than their state usually lasts', 'type', 'state'),
  falconpay_atm_requests_total: counter('Withdrawals accepted for a cash machine', 'machine'),
  falconpay_atm_successful_total: counter('Withdrawals that were dispensed and paid for', 'machine'),
  falconpay_atm_failed_total: counter('Withdrawals that the machine did not dispense', 'machine'),
  falconpay_atm_refunded_minor_units_total: counter('Money given back because the machine did not dispense', 'machine', 'currency'),
  falconpay_atm_stuck: gauge('Withdrawals in review, or under way for more than five minutes', 'machine'),
  falconpay_atm_unknown_outcomes: gauge('Withdrawals of which nobody knows yet whether cash came out', 'machine'),
  falconpay_atm_oldest_unknown_seconds: gauge('How long the oldest of these has been with the machine', 'machine'),
  falconpay_recon_breaks: gauge('Orders that differ between a partner’s record and our books', 'kind', 'class'),
  falconpay_recon_oldest_break_seconds: gauge('Age of the oldest of these', 'kind', 'class'),
  falconpay_recon_last_success_timestamp_seconds: gauge(
    'When a partner’s record was taken last, of the partner that waits longest',
    'kind',
  ),
  falconpay_clearing_oldest_seconds: gauge(
    'Age of the oldest day on which what a partner owes us, or we owe it, is not settled: its record was not taken, or differs',
    'kind',
  ),
  falconpay_payouts_waiting: gauge('Payouts that wait for a bank, or for its answer', 'bank'),
  falconpay_payouts_turned_away_total: counter('Payouts that were not accepted because the queue was full'),
  falconpay_partner_circuit_open: gauge('1 while a partner is left alone because it does not answer', 'partner'),
  falconpay_reversals_pending: gauge('Reversals that are not acknowledged yet', 'partner'),
  falconpay_reversals_unacknowledged: gauge('Reversals that have failed more than six times: somebody has to call there', 'partner'),
  falconpay_outbox_pending: gauge('Events committed and not yet published'),
  falconpay_outbox_oldest_pending_seconds: gauge(
    'Age of the oldest event that is not published; reason is broker (it refuses or is away), no-leader (no instance publishes), behind, or record (the broker refuses this one, for what is in it)',
    'reason',
  ),
  falconpay_outbox_publish_failures_total: counter('Attempts to publish that failed; each is repeated'),
  falconpay_outbox_publish_unverified_total: counter('Records sent again because the broker acknowledged a send without covering them'),
  falconpay_inbox_duplicates_total: counter('Messages that were delivered again and changed nothing', 'consumer'),
  falconpay_consumer_lag_records: gauge('Records not yet consumed', 'topic', 'group'),
  falconpay_records_set_aside_total: counter(
    'Records that could not be taken in and went to the dead letters; class is poison, transient, unknown-type or newer-schema',
    'topic',
    'group',
    'class',
  ),
  falconpay_event_retries_total: counter('Events that failed and are tried again later', 'topic', 'group'),
  falconpay_operator_commands_total: counter('Dead letters that an operator sent back; result is obeyed or refused', 'group', 'result'),
  falconpay_blocked_keys: gauge('Keys whose first event is tried again (retrying) or lies with the dead letters (dead)', 'state'),
  falconpay_blocked_oldest_seconds: gauge('For how long the longest blocked key has been blocked'),
  falconpay_waiting_events: gauge('Events that wait behind another one of their key'),
  falconpay_dlq_records: gauge('Dead letters that wait for an operator or are being replayed', 'topic', 'group', 'fingerprint'),
  falconpay_dlq_oldest_seconds: gauge('Since the first failure of the oldest of them', 'topic', 'group'),
  falconpay_replays: gauge('Replays that are not over', 'state'),
  falconpay_idempotency_total: counter('Requests with an idempotency key; result is new, replay, in_progress or mismatch', 'result'),
  falconpay_db_tx_retries_total: counter('Transactions that were run again', 'sqlstate'),
  falconpay_pipeline_batch_size: histogram('Use cases that shared one commit', [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000], 'pipeline'),
  falconpay_holds_active: gauge('Holds that have not ended', 'currency'),
  falconpay_holds_expired_total: counter('Holds that ended because their time was over'),
  falconpay_ledger_imbalance_minor_units: gauge('What all entries of the ledger sum to: must be 0', 'currency'),
  falconpay_metric_lookups_failed_total: counter('Times a metric could not be looked up and was left out of an answer', 'metric'),
  falconpay_invariant_violations_total: counter('Things that cannot happen and did', 'invariant'),
  falconpay_build_info: gauge('Always 1; what is running is in the labels', 'service', 'version', 'node'),
} as const;

export type MetricName = keyof typeof METRICS;
export type LabelOf<Name extends MetricName> = (typeof METRICS)[Name]['labels'][number];
