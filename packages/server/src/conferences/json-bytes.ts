/** Events and the parts of a state never change, so each is measured once. */
const measured = new WeakMap<object, number>();

/** How many bytes a value that never changes takes as JSON. */
export function jsonBytes(value: object): number {
  const known = measured.get(value);
  if (known !== undefined) return known;
  const bytes = Buffer.byteLength(JSON.stringify(value));
  measured.set(value, bytes);
  return bytes;
}
