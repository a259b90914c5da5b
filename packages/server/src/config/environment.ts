/** The variables of an environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The entries of a list with commas. */
export function listOf(text = ''): readonly string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
