import { topics } from '@falconpay/contracts/choreography';
import { documents } from './documents.js';
import { staleFiles, writeGenerated } from './generated-files.js';
import { brokenPromises, release } from './released-schemas.js';

const files = await documents();

if (process.argv.includes('--check')) {
  const stale = staleFiles(files);
  for (const line of stale) console.log(line);
  if (stale.length > 0) console.log('Run: npm run generate');
  process.exitCode = stale.length > 0 ? 1 : 0;
} else if (process.argv.includes('--release')) {
  const broken = brokenPromises(topics);
  for (const line of broken) console.log(line);
  if (broken.length > 0) process.exitCode = 1;
  else release(topics);
} else {
  const changed = writeGenerated(files);
  console.log(changed.length === 0 ? `${files.size} generated files were up to date` : changed.map((path) => `wrote ${path}`).join('\n'));
}
