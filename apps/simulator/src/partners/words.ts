/** What a partner is to its protocol: the first part of its path too. */
export type Kind = 'atms' | 'banks' | 'institutions';

/** What can become of an order, in one vocabulary for all three kinds. */
export type Fate = 'done' | 'partial' | 'refused' | 'retracted' | 'reversed' | 'tombstoned' | 'unknown';

/** The words of each protocol for the same things. */
export interface Words {
  readonly id: string;
  readonly ref: string;
  readonly refPrefix: string;
  readonly amount: string;
  readonly done: string;
  readonly partial: string;
  readonly refused: string;
}

export const WORDS: Readonly<Record<Kind, Words>> = {
  atms: {
    id: 'dispense_id',
    ref: 'machine_ref',
    refPrefix: 'M',
    amount: 'dispensed',
    done: 'dispensed',
    partial: 'partial',
    refused: 'not_dispensed',
  },
  banks: {
    id: 'credit_id',
    ref: 'bank_ref',
    refPrefix: 'B',
    amount: 'amount',
    done: 'accepted',
    partial: 'partial',
    refused: 'rejected',
  },
  institutions: {
    id: 'cashout_id',
    ref: 'institution_ref',
    refPrefix: 'I',
    amount: 'amount',
    done: 'approved',
    partial: 'partial',
    refused: 'declined',
  },
};

/** The word for a fate on the wire and in the journal. */
export function wordOf(kind: Kind, fate: Fate): string {
  const words = WORDS[kind];
  return fate === 'done' || fate === 'partial' || fate === 'refused' ? words[fate] : fate;
}

/** `presented` is on the way to `retracted`: cash that the customer could take. */
export function fateOf(kind: Kind, event: string): Fate | 'presented' {
  const words = WORDS[kind];
  if (event === words.done) return 'done';
  if (event === words.partial) return 'partial';
  return event === words.refused ? 'refused' : (event as Fate | 'presented');
}

/** Whether an event's amount left the partner's hands (1), came back (-1), or nothing moved (0). */
export function signOf(fate: Fate | 'presented'): 1 | 0 | -1 {
  if (fate === 'done' || fate === 'partial' || fate === 'presented') return 1;
  return fate === 'retracted' || fate === 'reversed' ? -1 : 0;
}
