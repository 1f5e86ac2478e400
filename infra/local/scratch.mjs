import { LocalSystem } from './dist/local-system.js';
import { setTimeout as delay } from 'node:timers/promises';
const s = await LocalSystem.start({
  home: '/tmp/scratch/home',
  portBase: 15000,
  services: [
    { name: 'wallet', portOffset: 52, entry: '../../tmp/scratch/dummy.mjs', database: 'wallet', env: { DUMMY_OFF: '52' } },
    { name: 'payment', portOffset: 51, entry: '../../tmp/scratch/dummy.mjs', database: 'payment', env: { DUMMY_OFF: '51' } },
  ],
  env: { ...process.env },
});
console.log(s.brokers, s.databaseUrls, s.adminDatabaseUrl);
import { writeFileSync } from 'node:fs';
writeFileSync('/tmp/scratch/infra.json', JSON.stringify({ brokers: s.brokers, urls: s.databaseUrls, admin: s.adminDatabaseUrl }));
process.on('SIGTERM', async () => {
  await s.stop();
  process.exit(0);
});
await delay(1e9);
