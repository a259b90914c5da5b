import type { ParleyError, ParleyErrorCode } from '@parley-rtc/sdk';
import { en, type TextKey, type Texts } from './en.ts';
import { format } from './format.ts';

/** The devices that errors name, by the `kind` of the error. */
const deviceKeys: Readonly<Record<string, TextKey>> = {
  camera: 'error.device.camera',
  microphone: 'error.device.microphone',
  'camera and microphone': 'error.device.both',
};

/** What to tell a user about an error, of which only code and device matter: never a text for developers. */
export function errorText(
  texts: Texts,
  error: Pick<ParleyError, 'code'> & { readonly kind?: unknown },
): string {
  // Every code has a text, which the type of `en` proves; a page may hold another version of the SDK, though.
  const key: TextKey = `error.${error.code as ParleyErrorCode}`;
  const device = texts[deviceKeys[String(error.kind)] ?? 'error.device.other'];
  return Object.hasOwn(en, key) ? format(texts[key], { device }) : texts['error.other'];
}
