/** What `@Type()` recorded. The library has no public door to it; nothing else of it is used. */
declare module 'class-transformer/cjs/storage.js' {
  export { defaultMetadataStorage } from 'class-transformer/types/storage.js';
}
