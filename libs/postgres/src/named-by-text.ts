import type { Statement } from './transaction.js';

/** For statements put together from parts of ours, as many as there are combinations of filters: the text is its own name. */
export const statementOfText = (text: string): Statement => ({ name: `list ${hashOf(text)}`, text });

function hashOf(text: string): string {
  let hash = 0n;
  for (const character of text) hash = (hash * 131n + BigInt(character.codePointAt(0) ?? 0)) % (1n << 61n);
  return hash.toString(36);
}
