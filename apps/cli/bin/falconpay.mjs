#!/usr/bin/env node
// Stays where npm links to, built or not.
import { existsSync } from 'node:fs';

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) await import(program.href);
else {
  console.error('falconpay is not built yet: run "npm run build"');
  process.exitCode = 2;
}
