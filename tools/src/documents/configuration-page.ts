import { describeConfig, type DescribedSetting } from '@falconpay/telemetry/configuration';
import { code, generatedNotice, page, table } from '../markdown.js';
import { fileExists, importBuilt, type Project } from '../workspace.js';

/** What npm start reads itself, before any service is there. */
const ofTheStarter: readonly DescribedSetting[] = [
  {
    name: 'FALCONPAY_PORT_BASE',
    kind: 'an integer from 1024 to 65438',
    default: '4000',
    meaning: 'Every port is counted from it: payment +1, wallet +2, atm-gateway +3, backoffice +4, simulator +9, Postgres +32, Kafka +92',
  },
  {
    name: 'FALCONPAY_HOME',
    kind: 'a folder',
    default: '.falconpay',
    meaning: 'Where npm start keeps all data; a relative one counts from the project',
  },
];

export interface SettingRow extends DescribedSetting {
  readonly readBy: readonly string[];
}

/** docs/configuration.md: every environment variable, from the definitions that the services check at start. */
export async function configurationPage(services: readonly Project[]): Promise<[string, string]> {
  const described: SettingRow[] = [];
  for (const { folder } of services) {
    const service = folder.replace(/^apps\//, '');
    for (const setting of await settingsOf(`${folder}/src/config.ts`)) described.push({ ...setting, readBy: [service] });
  }
  const rows = merged(described, ofTheStarter).map(({ name, kind, default: fallback, meaning, readBy }) => [
    code(name),
    readBy.join(', '),
    kind,
    fallback === '' ? '' : code(fallback),
    meaning,
  ]);
  const content = page(
    generatedNotice,
    '# Configuration',
    'Environment variables, checked at start: a wrong value stops the process with one line that names it.',
    table(['variable', 'read by', 'accepts', 'default', 'meaning'], rows),
  );
  return ['docs/configuration.md', content];
}

async function settingsOf(source: string): Promise<DescribedSetting[]> {
  if (!fileExists(source)) return [];
  const { settings } = (await importBuilt(source)) as { settings?: Parameters<typeof describeConfig>[0] };
  if (!settings) throw new Error(`${source} exports no settings`);
  return describeConfig(settings);
}

/** One row per variable; services that read it differently get a row each. What the starter reads too is said with them. */
export function merged(ofServices: readonly SettingRow[], starter: readonly DescribedSetting[]): SettingRow[] {
  const rows = new Map<string, SettingRow>();
  for (const setting of ofServices) {
    const identity = [setting.name, setting.kind, setting.default, setting.meaning].join('\n');
    const known = rows.get(identity);
    rows.set(identity, known ? { ...known, readBy: [...known.readBy, ...setting.readBy] } : setting);
  }
  for (const setting of starter) {
    const known = [...rows].find(([, row]) => row.name === setting.name);
    if (known) rows.set(known[0], { ...known[1], readBy: ['npm start', ...known[1].readBy] });
    else rows.set(setting.name, { ...setting, readBy: ['npm start'] });
  }
  return [...rows.values()].sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
}
