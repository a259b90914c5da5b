import { settingOptions } from './options.ts';

const column = 28;

/** Where all variables are described. */
export const settingsPage = 'https://github.com/parley-rtc/parley/blob/main/docs/server/operations.md';

/** What `--help` prints. */
export function help(version: string): string {
  const settings = Object.entries(settingOptions).map(([name, { variable, value, help: text }]) =>
    line(`--${name} <${value}>`, `${text}\n${' '.repeat(column + 2)}[${variable}]`),
  );
  return `Parley ${version}: a server for video calls, with its media router.

Usage: npx @parley-rtc/server [options]

  npx @parley-rtc/server --demo     a call to try in this browser; prints its URL
  PARLEY_CLIENTS='shop:a-long-secret:AGENT' npx @parley-rtc/server
                                    a server for the back end "shop"

Options:
${line('--demo', 'also serve a page with a call, for everyone who opens it')}
${settings.join('\n')}
${line('-h, --help', 'print this')}
${line('-v, --version', 'print the version')}

An option takes precedence over its variable, in brackets. PARLEY_CLIENTS holds the back ends that
may open rooms, as id:secret:ROLE+ROLE, separated by semicolons; without it, the server generates
a development client and prints it.
All variables: ${settingsPage}
`;
}

function line(option: string, text: string): string {
  return `  ${option.padEnd(column)}${text}`;
}
