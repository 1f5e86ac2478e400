/** What a check found: nothing, something, or that it could not look. */
export type Outcome =
  { readonly kind: 'ok' } | { readonly kind: 'failed'; readonly output: string } | { readonly kind: 'skipped'; readonly why: string };

export interface Check {
  readonly name: string;
  run(): Promise<Outcome>;
}

export const ok: Outcome = { kind: 'ok' };
export const failed = (output: string): Outcome => ({ kind: 'failed', output });
export const skipped = (why: string): Outcome => ({ kind: 'skipped', why });
export const fromFaults = (faults: readonly string[], advice = ''): Outcome =>
  faults.length === 0 ? ok : failed([...faults, ...(advice === '' ? [] : [advice])].join('\n'));
