/** The variables of an environment. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The entries of a comma-separated list. */
export function listOf(text = ''): readonly string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
