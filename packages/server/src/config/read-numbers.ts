import { ConfigError } from '../config-error.ts';

/**
 * Reads numbers from variables: `bodyBytes` in `defaults` from the prefix plus `BODY_BYTES`. Returns only those that
 * are set.
 *
 * @throws {@link ConfigError} (`ERR_CONFIG`) for anything but a non-negative whole number.
 */
export function readNumbers<Numbers extends { readonly [Name in keyof Numbers]: number }>(
  env: Readonly<Record<string, string | undefined>>,
  prefix: string,
  defaults: Numbers,
): Partial<Numbers> {
  const set = Object.keys(defaults).flatMap((name) => {
    const variable = `${prefix}${name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
    const text = env[variable] ?? '';
    if (text === '') return [];
    if (!/^\d{1,12}$/.test(text)) {
      throw new ConfigError(`${variable} is "${text}"; it must be a whole number, like 100.`);
    }
    return [[name, Number(text)] as const];
  });
  return Object.fromEntries(set) as Partial<Numbers>;
}
