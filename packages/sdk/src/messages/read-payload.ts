import type { JsonValue } from '@parley-rtc/contract';
import { fromBase64, toBase64 } from './base64.ts';
import type { MessageEncryption, SealContext } from './message-encryption.ts';
import type { MessagePayload } from './message.ts';
import { bytesType, type WirePayload } from './payload.ts';

// Apart from `payload.ts`, which a page loads before it listens or sends.

/** An encrypted {@link WirePayload}, as base64. */
const sealedType = 'application/vnd.parley.sealed';

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
