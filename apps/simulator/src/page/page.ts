import type { Partner } from '../partners/partner.js';
import { WORDS, type Kind } from '../partners/words.js';

const TITLES: Readonly<Record<Kind, string>> = { atms: 'Cash machines', banks: 'Banks', institutions: 'Institutions' };

/** The outside world on one page, which looks again every two seconds. */
export function page(partners: Readonly<Record<Kind, readonly Partner[]>>, lastLines: (partner: Partner) => readonly string[]): string {
  const sections = (Object.keys(TITLES) as Kind[]).map((kind) => section(kind, partners[kind], lastLines)).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width">
<title>FalconPay simulator</title>
<style>
:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 70rem; padding: 0 1rem; }
article { border: 1px solid #8886; border-radius: 8px; padding: 0 1rem 1rem; margin: 1rem 0; }
h3 { margin-bottom: 0; } p { margin-top: 0; opacity: .8; }
table { border-collapse: collapse; } td, th { padding: 0 1.2rem 0 0; text-align: right; font-variant-numeric: tabular-nums; }
pre { overflow-x: auto; font-size: 12px; }
</style>
</head>
<body>
<h1>The outside world</h1>
<p>Cash machines, banks and institutions, and what they really did. How they behave is said with
<code>PUT /v1/atms/A/behaviour</code>; see <a href="/docs">/docs</a>.</p>
${sections}
</body>
</html>
`;
}

function section(kind: Kind, partners: readonly Partner[], lastLines: (partner: Partner) => readonly string[]): string {
  if (partners.length === 0) return `<h2>${TITLES[kind]}</h2>\n<p>None has been asked anything yet.</p>`;
  return `<h2>${TITLES[kind]}</h2>\n${partners.map((partner) => card(partner, lastLines(partner))).join('\n')}`;
}

function card(partner: Partner, lines: readonly string[]): string {
  const { id, orders, underWay, settings, seq } = partner;
  const next = settings.next.length === 0 ? '' : `next ${settings.next.slice(0, 5).join(', ')}; `;
  return `<article>
<h3>${escaped(id)}</h3>
<p>${orders.size} orders, ${underWay.size} under way, ${seq} lines; ${escaped(`${next}then ${settings.then}`)}; network ${settings.network}; paid ${escaped(sums(partner))}</p>
${partner.kind === 'atms' ? cassettesTable(partner) : ''}
<pre>${lines.length === 0 ? `No ${WORDS[partner.kind].done} yet.` : lines.map(escaped).join('\n')}</pre>
</article>`;
}

function cassettesTable({ cassettes }: Partner): string {
  if (cassettes.length === 0) return '<p>Nobody has filled its cassettes yet.</p>';
  const rows = cassettes
    .map(({ note, currency, count }) => `<tr><td>${note}</td><td>${escaped(currency)}</td><td>${count}</td></tr>`)
    .join('');
  return `<table><tr><th>note</th><th>currency</th><th>left</th></tr>${rows}</table>`;
}

function sums({ recorded, unrecorded }: Partner): string {
  const all = [...recorded].map(([currency, amount]) => `${amount} ${currency}`);
  const besides = [...unrecorded].map(([currency, amount]) => `${amount} ${currency} unrecorded`);
  return [...all, ...besides].join(', ') || 'nothing';
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
