import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { checkBooks } from '@falconpay/invariants/check-books';
import { homeFrom } from '@falconpay/local/settings';
import { UsageError } from '../usage-error.js';
import { describeReport, reportAsJson } from './describe-report.js';
import { withBooks } from '../find-books.js';

export const verifyUsage = `falconpay verify [--home FOLDER] [--json] [--wait SECONDS]

Reads the databases and topics of a FalconPay system, and names everything in them that is wrong. Changes nothing.

  --home FOLDER   the data folder of "npm start" (FALCONPAY_HOME, or .falconpay); when nothing runs in it, its Postgres
                  and Kafka are started for as long as it takes
  --wait SECONDS  how long a running system may take to come to rest (30); without rest only what holds at any moment is
                  checked, and transfers that did not end in that time are violations; 0: look at once
  --json          the whole report as JSON

KAFKA_BROKERS, KAFKA_PREFIX, PAYMENT_DATABASE_URL, ATM_GATEWAY_DATABASE_URL and WALLET_DATABASE_URL, where they are set, say
where to look instead.

Examples:
  falconpay verify
  falconpay verify --wait 0 --json | jq .ok

Exit status: 0 all is right, 1 something is violated, 2 it could not be checked.`;

const defaultWaitSeconds = 30;

export async function verify(args: readonly string[]): Promise<number> {
  const { home, json, waitMs } = optionsFrom(args);
  const log = (line: string): void => void (json || console.error(line));
  return withBooks(home, process.env, log, async ({ isRunning, ...books }) => {
    // What is stopped does not come to rest by waiting: it is at rest, or will be when it is started again.
    const report = await checkBooks({ ...books, waitForQuiescenceMs: isRunning ? waitMs : 0 });
    console.log(json ? reportAsJson(report) : describeReport(report, isRunning));
    return report.ok ? 0 : 1;
  });
}

function optionsFrom(args: readonly string[]): { home: string; json: boolean; waitMs: number } {
  const { home, json, wait } = valuesOf(args);
  if (!/^\d{1,5}(\.\d+)?$/.test(wait)) throw new UsageError(`--wait must be a number of seconds, not ${wait}`);
  return { home: home === undefined ? homeFrom(process.env) : resolve(home), json, waitMs: Number(wait) * 1_000 };
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        home: { type: 'string' },
        json: { type: 'boolean', default: false },
        wait: { type: 'string', default: String(defaultWaitSeconds) },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
