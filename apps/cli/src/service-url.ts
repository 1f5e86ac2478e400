import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES } from '@falconpay/local/services';
import { homeFrom, portBaseFrom } from '@falconpay/local/settings';

/** Where it was said (FALCONPAY_WALLET_URL), where the running system says, or where it would be on this machine. */
export function serviceUrl(service: string, env: NodeJS.ProcessEnv): string {
  const said = env[`FALCONPAY_${service.toUpperCase().replaceAll('-', '_')}_URL`];
  if (said !== undefined && said !== '') return said.replace(/\/$/, '');
  const file = join(homeFrom(env), 'ready.json');
  const ready = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, { readonly url?: string } | undefined>) : {};
  const offset = SERVICES.find(({ name }) => name === service)?.portOffset ?? 0;
  return ready[service]?.url ?? `http://127.0.0.1:${portBaseFrom(env) + offset}`;
}
