/** Where each service answers: as it was set, or at its port on this machine. */
export function serviceUrls(portBase: number, set: Readonly<Record<string, string | undefined>>): (service: string) => string {
  const offsets: Readonly<Record<string, number>> = { payment: 1, wallet: 2, 'atm-gateway': 3 };
  return (service) => set[service]?.replace(/\/$/, '') ?? `http://127.0.0.1:${portBase + (offsets[service] ?? 0)}`;
}
