import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PlainError } from '@falconpay/local/plain-error';
import { homeFrom } from '@falconpay/local/settings';
import { UsageError } from '../usage-error.js';
import { describeReconciliation, type Reconciliation } from './describe-reconciliation.js';

export const atmUsage = `falconpay atm reconcile --atm ID --date YYYY-MM-DD [--home FOLDER] [--url URL] [--json]

Has the gateway fetch a cash machine's own journal of a day and compare it with our books: control totals first, then order by
order. What does not fit becomes a break (GET /v1/breaks) and changes no money; what nobody knows here and the journal does is
decided by it. A journal that is broken is refused as a whole. Asked again, nothing changes; the gateway does the same every day.

  --atm ID         the machine, as it was made known to the gateway
  --date DATE      the day, by the machine's clock
  --home FOLDER    the data folder of the running system (FALCONPAY_HOME, or .falconpay)
  --url URL        the gateway, when it does not run from that folder
  --json           the whole result as JSON

Examples:
  falconpay atm reconcile --atm lobby --date 2026-11-21
  falconpay atm reconcile --atm lobby --date 2026-11-21 --json | jq .broken

Exit status: 0 all matches, 1 something does not, 2 it could not be compared.`;

export async function atm(args: readonly string[]): Promise<number> {
  const { machine, date, url, json } = optionsFrom(args);
  const answer = await fetch(`${url}/v1/atms/${encodeURIComponent(machine)}/reconciliations/${date}`, { method: 'PUT' }).catch(
    (error: Error) => {
      throw new PlainError(`the gateway at ${url} does not answer: ${error.message}`);
    },
  );
  const body = (await answer.json()) as Reconciliation & { readonly title?: string; readonly detail?: string };
  if (!answer.ok) throw new PlainError(body.detail ?? body.title ?? `the gateway answers ${answer.status}`);
  console.log(json ? JSON.stringify(body, null, 2) : describeReconciliation(body));
  if (body.status !== 'TAKEN') return 2;
  return body.broken === 0 ? 0 : 1;
}

function optionsFrom(args: readonly string[]) {
  const { values, positionals } = parsed(args);
  if (positionals.join(' ') !== 'reconcile') throw new UsageError(`expected "atm reconcile", not "atm ${positionals.join(' ')}"`);
  const { atm: machine, date, json } = values;
  if (machine === undefined || date === undefined) throw new UsageError('--atm and --date are needed');
  return { machine, date, json, url: values.url ?? gatewayIn(values.home === undefined ? homeFrom(process.env) : resolve(values.home)) };
}

function gatewayIn(home: string): string {
  const file = join(home, 'ready.json');
  const ready = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, { readonly url?: string } | undefined>) : {};
  const url = ready['atm-gateway']?.url;
  if (url === undefined) throw new PlainError(`no gateway runs in ${home}: "npm start" starts one; --home names another folder`);
  return url;
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        atm: { type: 'string' },
        date: { type: 'string' },
        home: { type: 'string' },
        url: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
