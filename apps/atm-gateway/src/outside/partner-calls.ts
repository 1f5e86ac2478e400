import type { Partner } from './partner-port.js';

export interface CallBounds {
  readonly perPartner: number;
  readonly inTotal: number;
}

/** Of each total the last quarter is for partners that hold few: those that hang cannot have it all. */
export function roomFor(mine: number, total: number, { perPartner, inTotal }: CallBounds): number {
  const forAnybody = Math.min(perPartner - mine, Math.ceil(inTotal * 0.75) - total);
  const forThoseWithFew = Math.min(Math.ceil(perPartner / 4) - mine, inTotal - total);
  return Math.max(0, forAnybody, forThoseWithFew);
}

/**
 * How many calls are under way. Commands and questions are counted apart: while a partner's commands hang, it can still be asked
 * what became of them.
 */
export class PartnerCalls {
  private readonly open = new Map<string, number>();
  private total = 0;

  constructor(private readonly bounds: CallBounds) {}

  room({ kind, id }: Pick<Partner, 'kind' | 'id'>): number {
    return roomFor(this.open.get(`${kind}/${id}`) ?? 0, this.total, this.bounds);
  }

  /** Keeps a place for a call, until what is returned gives it back; undefined where there is no room. */
  reserve(partner: Pick<Partner, 'kind' | 'id'>): (() => void) | undefined {
    return this.room(partner) === 0 ? undefined : this.begin(partner);
  }

  /**
   * A call begins; what is returned ends it. Whether there is room was asked when its place was kept: since then others may have
   * begun by the places that are for those who hold few, and there would be none.
   */
  begin({ kind, id }: Pick<Partner, 'kind' | 'id'>): () => void {
    const key = `${kind}/${id}`;
    this.open.set(key, (this.open.get(key) ?? 0) + 1);
    this.total += 1;
    return () => {
      const left = (this.open.get(key) ?? 1) - 1;
      if (left === 0) this.open.delete(key);
      else this.open.set(key, left);
      this.total -= 1;
    };
  }
}
