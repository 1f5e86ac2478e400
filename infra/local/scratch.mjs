import { LocalSystem } from './dist/local-system.js';
import { setTimeout as delay } from 'node:timers/promises';
const s = await LocalSystem.start({ home: '/tmp/scratch/home', portBase: 15000, services: [], env: { ...process.env } });
console.log(s.brokers, s.databaseUrls, s.adminDatabaseUrl);
import { writeFileSync } from 'node:fs';
writeFileSync('/tmp/scratch/infra.json', JSON.stringify({ brokers: s.brokers, urls: s.databaseUrls, admin: s.adminDatabaseUrl }));
process.on('SIGTERM', async () => {
  await s.stop();
  process.exit(0);
});
await delay(1e9);
