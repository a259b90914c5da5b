import { ParleyError } from '@parley-rtc/client';

/** Media can be neither encrypted nor decrypted any more; nothing is sent, and nothing is played. */
export class MediaEncryptionError extends ParleyError {
  override readonly name = 'MediaEncryptionError';
  override readonly code = 'ERR_MEDIA_ENCRYPTION';
}
