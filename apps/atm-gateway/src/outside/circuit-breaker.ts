import type { PartnerAnswer } from './partner-port.js';

export interface CircuitRule {
  /** So many in a row without an answer open the circuit. */
  readonly failures: number;
  /** Then one call tries again after this; twice as long each time that fails. */
  readonly pauseMs: number;
}

interface Circuit {
  failures: number;
  /** Undefined while it is closed: everything may go. */
  open: { readonly pauseMs: number; readonly until: number } | undefined;
  probes: number;
}

const longestPauseMs = 60_000;

/**
 * Leaves a partner alone that does not answer, so that what is for it waits where it costs nothing, and one call after the other
 * finds out whether it is back. Time is told to it. Only what was not sent at all waits: the rest is asked about.
 */
export class CircuitBreaker {
  private readonly circuits = new Map<string, Circuit>();

  constructor(private readonly rule: CircuitRule) {}

  /** How many of as many calls as there is room for may begin. */
  allowed(partner: string, room: number, now: number): number {
    const circuit = this.circuits.get(partner);
    if (!circuit?.open) return room;
    return now < circuit.open.until ? 0 : Math.min(room, 1 - circuit.probes);
  }

  /** Somebody is about to call; what is returned is told when the call begins, or does not. */
  reserve(partner: string): () => void {
    const circuit = this.circuits.get(partner);
    if (!circuit?.open) return () => undefined;
    circuit.probes += 1;
    return () => void (circuit.probes -= 1);
  }

  /** A call begins; what is returned is told once, how it went. */
  began(partner: string): (answered: boolean, now: number) => void {
    const circuit = this.circuits.get(partner) ?? { failures: 0, open: undefined, probes: 0 };
    this.circuits.set(partner, circuit);
    const isProbe = circuit.open !== undefined;
    if (isProbe) circuit.probes += 1;
    return (answered, now) => {
      if (isProbe) circuit.probes -= 1;
      if (answered) Object.assign(circuit, { failures: 0, open: undefined });
      else this.failed(circuit, isProbe, now);
    };
  }

  /** Those that are left alone. */
  open(): string[] {
    return [...this.circuits].flatMap(([partner, { open }]) => (open ? [partner] : []));
  }

  private failed(circuit: Circuit, isProbe: boolean, now: number): void {
    circuit.failures += 1;
    // What was under way when the circuit opened says nothing new.
    if (circuit.open && !isProbe) return;
    if (circuit.failures < this.rule.failures) return;
    const pauseMs = circuit.open ? Math.min(2 * circuit.open.pauseMs, longestPauseMs) : this.rule.pauseMs;
    circuit.open = { pauseMs, until: now + pauseMs };
  }
}

/** Whether a partner is there: whatever it says, as long as it says something. */
export const hasAnswered = ({ doubt }: Pick<PartnerAnswer, 'doubt'>): boolean =>
  doubt === undefined || !['time-out', 'connection-lost', 'unexpected-status', 'no-connection'].includes(doubt);
