import type { Topic } from './topic.js';

/** A topic of which a spec needs the name only. */
export const topic = (name: string, publisher: string): Topic => ({
  name,
  publisher,
  version: 1,
  about: '',
  key: 'id',
  keyWhy: '',
  schema: { type: 'object' },
});
