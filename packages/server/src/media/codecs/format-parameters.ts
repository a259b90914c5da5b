/** Parameters of a format (`a=fmtp`) by lower-case name. */
export type FormatParameters = ReadonlyMap<string, string>;

/** Reads `name=value;name=value`. A name without a value is empty; of repeated names the first counts. */
export function parseFormatParameters(text: string): FormatParameters {
  const parameters = new Map<string, string>();
  for (const part of text.split(';')) {
    const [name = '', ...value] = part.split('=');
    const key = name.trim().toLowerCase();
    if (key !== '' && !parameters.has(key)) parameters.set(key, value.join('=').trim());
  }
  return parameters;
}

/** The parameters of `text` with these names, unchanged and in their order. */
export function pickFormatParameters(text: string, names: readonly string[]): string {
  return [...parseFormatParameters(text)]
    .filter(([name]) => names.includes(name))
    .map(([name, value]) => `${name}=${value}`)
    .join(';');
}
