import type { QualityCauseCode, StreamQuality } from '@parley-rtc/sdk';
import type { TextKey, Texts } from '../texts/en.ts';

/** Why a stream is not as good as it could be, in words; how good it is if nothing is known to be the cause. */
export function qualityText(texts: Texts, { level, causes }: StreamQuality): string {
  const [cause] = causes;
  const code: QualityCauseCode | undefined = cause?.code;
  const key: TextKey = `quality.${code ?? level}`;
  // A page may hold a later version of the SDK, with a cause that has no words here.
  return texts[key] ?? texts[`quality.${level}`];
}
