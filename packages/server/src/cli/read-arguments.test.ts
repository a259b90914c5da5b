import { expect, it } from 'vitest';
import { help } from './help.ts';
import { settingOptions } from './options.ts';
import { inTermsOfOptions, readArguments } from './read-arguments.ts';

it('reads options as the variables that they set', () => {
  expect(readArguments([])).toEqual({ kind: 'start', demo: false, variables: {} });
  expect(readArguments(['--demo', '--port', '9000', '--data-dir=/data'])).toEqual({
    kind: 'start',
    demo: true,
    variables: { PARLEY_PORT: '9000', PARLEY_DATA_DIR: '/data' },
  });
  expect([readArguments(['-h', '--port', '1']), readArguments(['--version'])]).toEqual([
    { kind: 'help' },
    { kind: 'version' },
  ]);
});

it.each([
  [['--prot', '9000'], "Unknown option '--prot'. See all options with --help."],
  [['--port'], "Option '--port <value>' argument missing. See all options with --help."],
  [['--demo=yes'], "Option '--demo' does not take an argument. See all options with --help."],
  [['start'], "Unexpected argument 'start'. See all options with --help."],
])('refuses %j', (args, message) => {
  expect(() => readArguments(args)).toThrow(expect.objectContaining({ code: 'ERR_CONFIG', message }));
});

it('names the option in an error text if the user set it, and else the variable', () => {
  const text = 'PARLEY_PORT is "x"; it must be a port number from 0 to 65535.';
  expect(inTermsOfOptions(text, { PARLEY_PORT: 'x' })).toBe(
    '--port is "x"; it must be a port number from 0 to 65535.',
  );
  expect(inTermsOfOptions(text, {})).toBe(text);
});

it('lists every option with its variable in the help, at most 100 characters wide', () => {
  const text = help('1.2.3');
  expect(text).toContain('Parley 1.2.3');
  for (const [name, { variable }] of Object.entries(settingOptions)) {
    expect(text).toMatch(new RegExp(`--${name} .*\n *\\[${variable}\\]`));
  }
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
});
