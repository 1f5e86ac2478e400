import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { consumerGroup, deadLetterTopic, sagas, topics } from '@falconpay/contracts/choreography';
import { topicsHeardBy } from '@falconpay/choreography/participants';
import { fingerprintOf } from '@falconpay/idempotency/idempotency-key';
import { startSystem, type RunningSystem } from '@falconpay/testing/running-system';
import { Institution } from './institution.js';

/** Digits that nothing else in the system consists of. */
const canary = { number: '4929887711335577', pin: '918273645546' };
const services = ['payment', 'wallet', 'atm-gateway'] as const;
/** The back office keeps dead letters whole, whatever is in them. */
const stores = [...services, 'backoffice'];

const hashed = (text: string): string[] => ['sha256', 'sha1', 'md5'].map((algorithm) => createHash(algorithm).update(text).digest('hex'));
const spoken = [canary.number, canary.pin];
/** Whatever the card could be read or guessed from: as it is, encoded, or hashed without a secret. */
const traces: string[] = [
  ...spoken,
  ...spoken.map((text) => Buffer.from(text).toString('hex')),
  ...spoken.map((text) => Buffer.from(text).toString('base64').replace(/=+$/, '')),
  ...[...spoken, `${canary.number}${canary.pin}`, `${canary.number}:${canary.pin}`, JSON.stringify(canary)].flatMap(hashed),
];
const tracesIn = (where: string, text: string): string[] =>
  traces.filter((trace) => text.includes(trace)).map((trace) => `${where}: ${trace}`);

let system: RunningSystem;
let echo: Server;
beforeAll(async () => {
  const env = { LOG_LEVEL: 'trace', REDEMPTION_TIMEOUT_MS: '2000', REVERSAL_RETRY_MS: '50', ATM_ERRANDS_EVERY_MS: '20' };
  system = await startSystem({ name: 'secrecy', services: [...stores, 'simulator'], env });
  // An institution that says everything back that it is told, as the wrong ones do.
  echo = createServer((request, response) => {
    let text = '';
    request.on('data', (part: Buffer) => (text += part.toString()));
    request.on('end', () => {
      const { cashout_id, card } = JSON.parse(text || '{}') as { cashout_id?: string; card?: object };
      const outcome = request.url?.includes('reversals') ? 'original_unknown' : 'declined';
      const body = { cashout_id, outcome, reason: `pin ${text}`, institution_ref: canary.number, card };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  }).listen(0, '127.0.0.1');
});
afterAll(async () => {
  echo?.close();
  await system?.stop();
});

/** Everything a service's database holds, partitions included, as text. */
async function textOfDatabase(service: string): Promise<string> {
  const tables = await system.sql<{ name: string }>(
    service,
    `select quote_ident(relname) as name from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace`,
  );
  const texts: string[] = [];
  for (const { name } of tables)
    texts.push(...(await system.sql<{ text: string }>(service, `select t::text as text from ${name} t`)).map(({ text }) => text));
  return texts.join('\n');
}

async function textOfTopics(): Promise<string> {
  const deadLetters = services.flatMap((service) =>
    topicsHeardBy(sagas, service).map((topic) => deadLetterTopic(topic, consumerGroup(service))),
  );
  const records = await system.consumeAll(...topics.map(({ name }) => name), ...deadLetters);
  expect(records.length).toBeGreaterThan(0);
  return JSON.stringify(records);
}

/** What the processes have written beside the databases: the simulator's journal for instance. */
function textOfFolder(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => readFileSync(path, 'utf8'))
    .join('\n');
}

describe('a card', () => {
  it('is in no database, no topic, no log, no file and no answer, whatever becomes of its redemption', async () => {
    const institution = await Institution.join(system);
    const { id: account } = await system.account('USD', 0);
    const answers: string[] = [];
    const ask = async (more: object = {}): Promise<string> => {
      const body = { account, amount: { amount: 100, currency: 'USD' }, institution: institution.id, card: canary, ...more };
      traces.push(fingerprintOf('POST', '/v1/redemptions', body));
      const reply = await institution.request(account, 100, { card: canary, ...more });
      answers.push(reply.text);
      return (reply.body as { id: string }).id;
    };
    const follow = async (id: string, status: string): Promise<unknown> =>
      answers.push(JSON.stringify(await institution.until(id, status)));

    const ends = { success: 'COMPLETED', refuse: 'DECLINED', error_after_act: 'REVERSED', broken_answer: 'REVERSED', silent: 'REVERSED' };
    for (const [behaviour, status] of Object.entries(ends)) {
      await institution.behave(behaviour);
      await follow(await ask(), status);
    }
    // What the wallet cannot take in is set aside, with all there is of it.
    await system.produce('redemption.approved', {
      key: 'rdm_x',
      value: '{}',
      headers: { ce_id: 'x', ce_type: 'com.falconpay.redemption.approved.v1' },
    });
    await institution.moveTo(`http://127.0.0.1:${(echo.address() as AddressInfo).port}/echo`);
    await follow(await ask(), 'DECLINED');
    await institution.moveTo('http://127.0.0.1:1/nobody');
    await follow(await ask(), 'DECLINED');
    for (const wrong of [
      { card: { number: [canary.number], pin: canary.pin } },
      { card: { ...canary, [canary.pin.slice(0, 3)]: canary.number } },
    ])
      await ask(wrong);
    await ask({ card: `${canary.number} ${canary.pin}` });
    const broken = await system.gateway.post('/v1/redemptions', `{"card": {"number": "${canary.number}", "pin": "${canary.pin}"`);
    answers.push(broken.text);

    // Between the acceptance and the answer the process dies: whoever comes after it has no card, and asks by reference.
    await institution.moveTo(`${system.local.urls['simulator']}/v1/institutions/${institution.id}`);
    await institution.behave('late:60000');
    const cutOff = await ask();
    await institution.until(cutOff, 'CASHING_OUT');
    await system.kill('atm-gateway');
    await system.ready('atm-gateway');
    const end = await system.eventually(
      'the redemption that was cut off has ended',
      async () => ['COMPLETED', 'REVERSED'].includes((await institution.look(cutOff)).status) && institution.look(cutOff),
    );
    const kept = (await institution.journal(cutOff)).filter((line) => line.startsWith('reversed') || line.startsWith('tombstoned'));
    expect(kept.length).toBe(end.status === 'REVERSED' ? 1 : 0);

    const letters = async (): Promise<boolean> => (await system.sql('backoffice', 'select 1 from dead_letters')).length > 0;
    await system.eventually('the back office has what was set aside', letters);
    const found = answers.flatMap((text, index) => tracesIn(`answer ${index}`, text));
    for (const service of stores) found.push(...tracesIn(`database of ${service}`, await textOfDatabase(service)));
    found.push(...tracesIn('topics', await textOfTopics()));
    found.push(...tracesIn('log', system.log.join('\n')));
    found.push(...tracesIn('files', textOfFolder(system.local.home)));
    expect(found).toEqual([]);
    expect(system.log.length).toBeGreaterThan(20);
  });
});
