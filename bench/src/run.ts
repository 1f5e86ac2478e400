import { profile } from './profile/profile.js';
import { readArguments, UsageError } from './run-arguments.js';

/** `npm run bench`: every figure beside a baseline of the same minutes, or with `--profile` where the time goes. */
try {
  const given = readArguments(process.argv.slice(2));
  if (given.profile !== undefined) await profile({ ...given, load: given.profile });
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error);
  process.exit(1);
}
