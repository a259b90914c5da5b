/**
 * End-to-end encryption of media. Only apps that import `@parley-rtc/sdk/encryption` include its code. See
 * docs/encryption.md.
 */
export {
  createMediaEncryption,
  type MediaEncryptionOptions,
  type MediaKeys,
  type SetKeyOptions,
} from './encryption/create-media-encryption.ts';
export type { MediaSecret } from './encryption/derive-key.ts';
export { MediaEncryptionError } from './errors/media-encryption-error.ts';
export { serveMediaEncryption } from './encryption/serve-media-encryption.ts';
