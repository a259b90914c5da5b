import { ParleyError } from '@parley-rtc/client';

/** Media can no longer be encrypted or decrypted; nothing is sent or played. */
export class MediaEncryptionError extends ParleyError {
  override readonly name = 'MediaEncryptionError';
  override readonly code = 'ERR_MEDIA_ENCRYPTION';
}
