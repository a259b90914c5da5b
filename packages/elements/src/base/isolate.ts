import { html, type TemplateResult } from 'lit';

/**
 * Fills `{name}` and the like in, like `format`, so that a name that runs in the other direction does not disturb the
 * sentence around it.
 */
export function isolate(
  text: string,
  values: Readonly<Record<string, string>>,
): readonly (string | TemplateResult)[] {
  return text.split(/(\{\w+\})/).map((part) => {
    const key = part.slice(1, -1);
    const isFilled = part.startsWith('{') && Object.hasOwn(values, key);
    return isFilled ? html`<bdi>${values[key]}</bdi>` : part;
  });
}
