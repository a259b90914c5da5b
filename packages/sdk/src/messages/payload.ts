import type { JsonValue, NewMessage } from '@parley-rtc/contract';
import { InvalidMessageError } from '../errors/message-errors.ts';
import { toBase64 } from './base64.ts';
import type { MessagePayload } from './message.ts';

/** Bytes, as base64. */
export const bytesType = 'application/octet-stream';

export type WirePayload = Pick<NewMessage, 'payload' | 'contentType'>;

/** @throws InvalidMessageError (`ERR_INVALID_MESSAGE`) for a value that is neither JSON nor bytes. */
export function payloadToWire(payload: MessagePayload): WirePayload {
  if (payload instanceof Uint8Array) return { payload: toBase64(payload), contentType: bytesType };
  try {
    const text = JSON.stringify(payload) as string | undefined;
    if (text !== undefined) return { payload: JSON.parse(text) as JsonValue };
  } catch (cause) {
    throw new InvalidMessageError('The payload is not JSON.', { cause });
  }
  throw new InvalidMessageError('The payload is not JSON.');
}
