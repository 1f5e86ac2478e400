import type { LedgerProof } from '@falconpay/invariants/ledger-proof/verify-ledger';
import { describeProof, proofAsJson } from './describe-proof.js';

const whole: LedgerProof = {
  ...{ ok: true, blocks: 2, entries: 40, unsealed: 3, head: { number: '2', hash: 'ab'.repeat(32) } },
  ...{ faults: [], faultCount: 0, tookMs: 1_234 },
};
const spoilt: LedgerProof = {
  ...whole,
  ok: false,
  faults: Array.from({ length: 13 }, (_, index) => ({ subject: `entry ${index + 5}`, detail: 'is missing' })),
  faultCount: 60,
};

describe('a proof for a person', () => {
  it('says what was looked at and what to note', () => {
    expect(describeProof(whole).split('\n')).toEqual([
      '40 entries in 2 blocks, 3 entries not sealed yet; read in 1.2 s.',
      `To be noted elsewhere, and given to --noted some day: 2:${'ab'.repeat(32)}`,
      'All is as it was sealed.',
    ]);
  });

  it('names the first altered row first, and counts those it does not show', () => {
    const lines = describeProof(spoilt).split('\n');
    expect(lines[0]).toBe('First: entry 5 is missing');
    expect(lines[1]).toBe('       entry 6 is missing');
    expect(lines.slice(11)).toEqual([
      '       … and 49 more',
      ...describeProof(whole).split('\n').slice(0, 2),
      '60 things are not as they were sealed.',
    ]);
  });

  it('is JSON when a program asks', () => {
    expect(JSON.parse(proofAsJson(spoilt))).toMatchObject({ ok: false, faultCount: 60, head: { number: '2' } });
  });
});
