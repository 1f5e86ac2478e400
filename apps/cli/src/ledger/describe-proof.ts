import type { LedgerProof } from '@falconpay/invariants/ledger-proof/verify-ledger';

const shown = 10;

/** The first altered row, what else is wrong, and what was looked at. */
export function describeProof(proof: LedgerProof): string {
  const [first, ...others] = proof.faults;
  return [
    ...(first ? [`First: ${first.subject} ${first.detail}`] : []),
    ...others.slice(0, shown).map(({ subject, detail }) => `       ${subject} ${detail}`),
    ...(proof.faultCount > shown + 1 ? [`       … and ${proof.faultCount - shown - 1} more`] : []),
    summary(proof),
    proof.ok ? 'All is as it was sealed.' : `${proof.faultCount} things are not as they were sealed.`,
  ].join('\n');
}

export const proofAsJson = (proof: LedgerProof): string => JSON.stringify(proof, null, 2);

function summary({ blocks, entries, unsealed, head, tookMs }: LedgerProof): string {
  const looked = `${entries} entries in ${blocks} blocks, ${unsealed} entries not sealed yet; read in ${(tookMs / 1_000).toFixed(1)} s.`;
  return head ? `${looked}\nTo be noted elsewhere, and given to --noted some day: ${head.number}:${head.hash}` : looked;
}
