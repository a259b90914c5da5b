import type { ParleyError, ParleyErrorCode } from '@parley-rtc/sdk';
import { en, type TextKey, type Texts } from './en.ts';
import { format } from './format.ts';

/** The devices that errors name, by the `kind` of the error. */
const deviceKeys: Readonly<Record<string, TextKey>> = {
  camera: 'error.device.camera',
  microphone: 'error.device.microphone',
  'camera and microphone': 'error.device.both',
};

/** What to tell a user about an error: never a text for developers. */
export function errorText(texts: Texts, error: ParleyError): string {
  // Every code has a text, which the type of `en` proves; a page may hold another version of the SDK, though.
  const key: TextKey = `error.${error.code as ParleyErrorCode}`;
  const { kind } = error as { readonly kind?: unknown };
  const device = texts[deviceKeys[String(kind)] ?? 'error.device.other'];
  return Object.hasOwn(en, key) ? format(texts[key], { device }) : texts['error.other'];
}
