import type { JsonValue, NewMessage } from '@parley-rtc/contract';
import { InvalidMessageError } from '../errors/message-errors.ts';
import { fromBase64, toBase64 } from './base64.ts';
import type { MessageEncryption, SealContext } from './message-encryption.ts';
import type { MessagePayload } from './message.ts';

/** Bytes, as base64. */
const bytesType = 'application/octet-stream';
/** An encrypted {@link WirePayload}, as base64. */
const sealedType = 'application/vnd.parley.sealed';

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

/** The payload as the sender passed it; of a type that this SDK does not know, or no base64, the JSON value. */
export function payloadFromWire({ payload, contentType }: WirePayload): MessagePayload {
  if (contentType !== bytesType || typeof payload !== 'string') return payload as JsonValue;
  try {
    return fromBase64(payload);
  } catch {
    return payload;
  }
}

export async function sealPayload(
  content: WirePayload,
  encryption: MessageEncryption,
  context: SealContext,
): Promise<WirePayload> {
  const sealed = await encryption.seal(new TextEncoder().encode(JSON.stringify(content)), context);
  return { payload: toBase64(sealed), contentType: sealedType };
}

/** Rejects content that is not encrypted, or that no key fits. */
export async function unsealPayload(
  { payload, contentType }: WirePayload,
  encryption: MessageEncryption,
  context: SealContext,
): Promise<WirePayload> {
  if (contentType !== sealedType || typeof payload !== 'string')
    throw new Error('The message is not encrypted.');
  const content = await encryption.unseal(fromBase64(payload), context);
  return JSON.parse(new TextDecoder().decode(content)) as WirePayload;
}

export function isSealed({ contentType }: WirePayload): boolean {
  return contentType === sealedType;
}
