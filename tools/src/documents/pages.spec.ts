import { sagas, topics } from '@falconpay/contracts/choreography';
import { merged } from './configuration-page.js';
import { sagaPages } from './saga-pages.js';
import { importedSources, routesIn, tablesIn } from './source-facts.js';

describe('the page of a saga', () => {
  const folder = {
    service: 'wallet',
    aggregate: 'ledger',
    useCase: 'post-transfer',
    folder: 'apps/wallet/src/ledger/post-transfer',
    files: [],
  };
  const pages = sagaPages(sagas, topics, [folder]);

  it('leads from each step to the folder of its use case', () => {
    expect(pages.get('docs/choreography/transfer.md')).toContain('[post-transfer](../../apps/wallet/src/ledger/post-transfer/)');
  });

  it('draws both endings, and names the pivot', () => {
    const page = pages.get('docs/choreography/transfer.md') ?? '';
    expect(page).toContain('Note over payment: complete-transfer (end)');
    expect(page).toContain('Note over payment: fail-transfer (end)');
    expect(page).toContain('| pivot |');
  });

  it('is reached from the overview', () => {
    expect(pages.get('docs/choreography/README.md')).toContain('[transfer](transfer.md)');
  });
});

describe('routesIn', () => {
  it('joins the paths of controllers and their methods', () => {
    const source = "@Controller('v1/transfers')\nclass A {\n  @Post()\n  a() {}\n  @Get(':id/entries')\n  @HttpCode(200)\n  b() {}\n}";
    expect(routesIn('a.http.ts', source)).toEqual([
      { method: 'POST', path: '/v1/transfers', file: 'a.http.ts' },
      { method: 'GET', path: '/v1/transfers/{id}/entries', file: 'a.http.ts' },
    ]);
  });
});

describe('tablesIn', () => {
  it('finds tables, not their partitions', () => {
    expect(
      tablesIn(
        'create table accounts (id text)\ncreate table if not exists entries (x)\ncreate table inbox_default partition of inbox default',
      ),
    ).toEqual(['accounts', 'entries']);
  });
});

describe('importedSources', () => {
  it("finds our libraries' files", () => {
    expect(importedSources("import { a } from '@falconpay/inbox/inbox';\nimport pg from 'pg';")).toEqual(['libs/inbox/src/inbox.ts']);
  });
});

describe('the table of configuration', () => {
  const setting = { name: 'B', kind: 'text', default: '', meaning: 'a thing' };

  it('has one row for what several services read alike, and says so when the starter reads it too', () => {
    const rows = merged(
      [
        { ...setting, readBy: ['payment'] },
        { ...setting, readBy: ['wallet'] },
      ],
      [setting, { ...setting, name: 'A' }],
    );
    expect(rows.map(({ name, readBy }) => [name, readBy])).toEqual([
      ['A', ['npm start']],
      ['B', ['npm start', 'payment', 'wallet']],
    ]);
  });
});
