import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { verifyLedger, type Anchor } from '@falconpay/invariants/ledger-proof/verify-ledger';
import { databaseUrlFrom, homeFrom } from '@falconpay/local/settings';
import { withBooks } from '../find-books.js';
import { UsageError } from '../usage-error.js';
import { describeProof, proofAsJson } from './describe-proof.js';

export const ledgerUsage = `falconpay ledger verify [--home FOLDER] [--noted BLOCK:HASH] [--json]

Works the hashes of the wallet's ledger out again, from its first entry to the last one that is sealed, and names every entry
that was altered, is missing, was added or was moved, the first one first. Changes nothing.

  --home FOLDER       the data folder of "npm start" (FALCONPAY_HOME, or .falconpay); what is stopped is started for a moment
  --noted BLOCK:HASH  a hash that this command or the wallet's log told earlier: somebody who owns the database could make all
                      blocks anew, but not with this hash
  --json              the whole result as JSON

WALLET_DATABASE_URL, where it is set, says where to look instead.

Examples:
  falconpay ledger verify
  falconpay ledger verify --noted 2:6e68bdce459f8955132049ea9755dc02a6516d6a63a0baf0dab90644f27d2319

Exit status: 0 all is as it was sealed, 1 something is not, 2 it could not be checked.`;

export async function ledger(args: readonly string[]): Promise<number> {
  const { home, json, noted } = optionsFrom(args);
  const url = databaseUrlFrom(process.env, { name: 'wallet' });
  const prove = async (walletUrl: string): Promise<number> => {
    const proof = await verifyLedger(walletUrl, noted);
    console.log(json ? proofAsJson(proof) : describeProof(proof));
    return proof.ok ? 0 : 1;
  };
  if (url !== undefined) return prove(url);
  const log = (line: string): void => void (json || console.error(line));
  return withBooks(home, process.env, log, ({ databaseUrls }) => prove(databaseUrls.wallet));
}

function optionsFrom(args: readonly string[]): { home: string; json: boolean; noted: Anchor | undefined } {
  const { values, positionals } = parsed(args);
  if (positionals.join(' ') !== 'verify') throw new UsageError(`expected "ledger verify", not "ledger ${positionals.join(' ')}"`);
  const home = values.home === undefined ? homeFrom(process.env) : resolve(values.home);
  return { home, json: values.json, noted: values.noted === undefined ? undefined : anchorOf(values.noted) };
}

function anchorOf(text: string): Anchor {
  const [, number, hash] = /^([1-9]\d{0,18}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (number === undefined || hash === undefined) throw new UsageError(`--noted must be BLOCK:HASH as told earlier, not ${text}`);
  return { number, hash };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { home: { type: 'string' }, json: { type: 'boolean', default: false }, noted: { type: 'string' } },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
