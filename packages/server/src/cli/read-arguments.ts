import { parseArgs } from 'node:util';
import { ConfigError } from '../config-error.ts';
import type { Environment } from '../config/environment.ts';
import { settingOptions } from './options.ts';

/** What the command line asks for. */
export type Command = { readonly kind: 'help' } | { readonly kind: 'version' } | StartCommand;

/** How to start the server. */
export interface StartCommand {
  readonly kind: 'start';
  /** Whether to serve a page to try a call. */
  readonly demo: boolean;
  /** The variables that options set. */
  readonly variables: Environment;
}

const seeHelp = 'See all options with --help.';

/**
 * Reads the arguments after the program's name.
 *
 * @throws {@link ConfigError} (`ERR_CONFIG`) for an unknown option, a missing value or a stray argument.
 */
export function readArguments(args: readonly string[]): Command {
  const { help, version, demo, ...settings } = parse(args);
  if (help) return { kind: 'help' };
  if (version) return { kind: 'version' };
  const variables = Object.entries(settings).map(([name, value]) => [settingOptions[name]?.variable, value]);
  return { kind: 'start', demo: demo === true, variables: Object.fromEntries(variables) as Environment };
}

function parse(args: readonly string[]): Readonly<Record<string, string | boolean | undefined>> {
  const settings = Object.keys(settingOptions).map((name) => [name, { type: 'string' }] as const);
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
        demo: { type: 'boolean' },
        ...Object.fromEntries(settings),
      },
    });
    return values;
  } catch (error) {
    // Node's second sentence explains how to pass arguments that look like options, of which there are none.
    const [reason = ''] = error instanceof Error ? error.message.split('. ') : [];
    throw new ConfigError(`${reason.replace(/\.$/, '')}. ${seeHelp}`, { cause: error });
  }
}

/** An error text that names the options where the user set them instead of the variables. */
export function inTermsOfOptions(text: string, variables: Environment): string {
  return Object.entries(settingOptions)
    .filter(([, { variable }]) => variables[variable] !== undefined)
    .reduce((result, [name, { variable }]) => result.replaceAll(variable, `--${name}`), text);
}
