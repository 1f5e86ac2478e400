import type { Doubt, PartnerAnswer, Says } from './partner-port.js';

/** Where a piece of evidence comes from; the further down, the more it weighs. */
export const evidenceSources = ['reply', 'inquiry', 'journal', 'operator'] as const;
export type EvidenceSource = (typeof evidenceSources)[number];

/** What somebody said about an order, and when we heard it. Never changed, never forgotten. */
export interface Evidence {
  readonly orderId: string;
  readonly source: EvidenceSource;
  readonly says: Says;
  /** What has left for our customer, in minor units. */
  readonly paid: bigint | undefined;
  readonly partnerRef: string | undefined;
  readonly reason: string | undefined;
  readonly doubt: Doubt | undefined;
  readonly raw: string;
  readonly at: Date;
}

/** All evidence about one order, in the order in which it was heard. */
export interface Dossier {
  readonly orderId: string;
  readonly evidence: readonly Evidence[];
}

export function evidenceOf(orderId: string, source: EvidenceSource, answer: Omit<PartnerAnswer, 'tookMs'>, at: Date): Evidence {
  const { says, paid, partnerRef, reason, doubt, raw } = answer;
  return { orderId, source, says, paid, partnerRef, reason, doubt, raw, at };
}

/** With the new piece, unless the same source has just said the same: an inquiry may hear "unknown" a hundred times. */
export function withEvidence(dossier: Dossier, heard: Evidence): Dossier {
  const last = dossier.evidence.findLast(({ source }) => source === heard.source);
  if (last && isSame(last, heard)) return dossier;
  return { ...dossier, evidence: [...dossier.evidence, heard] };
}

const isSame = (one: Evidence, other: Evidence): boolean =>
  one.says === other.says && one.paid === other.paid && one.partnerRef === other.partnerRef && one.doubt === other.doubt;
