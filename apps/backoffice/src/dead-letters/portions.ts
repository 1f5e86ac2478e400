/** A letter may be of some megabytes: so much of them is in memory at a time, and on its way in one replay. */
export const portionBytesMax = 8_388_608;
const portionLettersMax = 500;

export interface Sized {
  readonly id: string;
  readonly bytes: number;
}

/** The ids in their order, as many together as may be in memory; one at least. */
export function portionsOf(letters: readonly Sized[]): string[][] {
  const portions: string[][] = [];
  let [portion, bytesLeft]: [string[], number] = [[], 0];
  for (const { id, bytes } of letters) {
    if (portion.length === 0 || portion.length === portionLettersMax || bytes > bytesLeft) {
      portions.push((portion = []));
      bytesLeft = portionBytesMax;
    }
    portion.push(id);
    bytesLeft -= bytes;
  }
  return portions;
}
