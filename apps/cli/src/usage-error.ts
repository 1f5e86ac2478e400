/** Asked for in a way that cannot be done: said in one line, exit status 2. */
export class UsageError extends Error {}
