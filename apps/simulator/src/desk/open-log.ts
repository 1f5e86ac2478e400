import { LogFile } from '../log/log-file.js';
import type { Entry } from '../partners/entry.js';
import { Partner } from '../partners/partner.js';
import type { Kind } from '../partners/words.js';

/** The log, and every partner as its entries made it. */
export async function openLog(
  file: string,
  options: { readonly sync: boolean },
): Promise<{ readonly log: LogFile; readonly partners: Map<string, Partner> }> {
  const partners = new Map<string, Partner>();
  const log = await LogFile.open(file, options, (line) => {
    const { partner: name, ...entry } = JSON.parse(line) as Entry & { readonly partner: string };
    let partner = partners.get(name);
    if (partner === undefined) partners.set(name, (partner = partnerNamed(name)));
    partner.apply(entry as Entry);
  });
  return { log, partners };
}

function partnerNamed(name: string): Partner {
  const slash = name.indexOf('/');
  return new Partner(name.slice(0, slash) as Kind, name.slice(slash + 1));
}
