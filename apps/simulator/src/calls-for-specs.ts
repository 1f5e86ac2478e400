/** Requests as a gateway would make them, for specs. */
export interface SeenAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

const PATIENCE_MS = 30_000;
const CARD = { number: '4000001234567899', pin: '8642' };

export const usd = (amount: number) => ({ amount, currency: 'USD' });

/** Speaks the partner protocols to the simulator at this address: `atms/A` is machine A. */
export function callsTo(address: () => string) {
  async function call(path: string, method: 'GET' | 'POST', body?: unknown, patienceMs = PATIENCE_MS): Promise<SeenAnswer> {
    const answer = await fetch(`${address()}/v1/${path}`, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(patienceMs),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }
  return {
    get: (path: string) => call(path, 'GET'),
    post: (path: string, body: unknown) => call(path, 'POST', body),
    dispense: (machine: string, id: string, amount = 10_000, patienceMs?: number) =>
      call(`${machine}/dispenses`, 'POST', { dispense_id: id, amount: usd(amount) }, patienceMs),
    cancel: (machine: string, id: string, patienceMs?: number) => call(`${machine}/dispenses/${id}/cancel`, 'POST', undefined, patienceMs),
    inquire: (machine: string, id: string) => call(`${machine}/dispenses/${id}`, 'GET'),
    credit: (bank: string, id: string, patienceMs?: number) =>
      call(`${bank}/credits`, 'POST', { credit_id: id, amount: usd(700), iban: 'DE89370400440532013000', reference: 'rent' }, patienceMs),
    cashOut: (institution: string, id: string, patienceMs?: number) =>
      call(`${institution}/cashouts`, 'POST', { cashout_id: id, amount: usd(500), card: CARD }, patienceMs),
    reverse: (institution: string, id: string, reversalId = `r-${id}`) =>
      call(`${institution}/reversals`, 'POST', { reversal_id: reversalId, cashout_id: id, amount: usd(500) }),
    text: async (path: string) => (await fetch(`${address()}/${path}`)).text(),
  };
}
