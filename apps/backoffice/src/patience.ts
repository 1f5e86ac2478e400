import type { OverdueAfter } from './timelines/timeline.js';

/** From the settings: what counts as overdue. */
export class Patience {
  constructor(readonly overdueAfter: OverdueAfter) {}
}
