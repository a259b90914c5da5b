/** What an app imports: each has a page in the API reference. */
export const apiModules: readonly string[] = [
  '@parley-rtc/sdk',
  '@parley-rtc/sdk/bindings',
  '@parley-rtc/sdk/encryption',
  '@parley-rtc/elements',
  '@parley-rtc/elements/headless',
  '@parley-rtc/react',
  '@parley-rtc/react/elements',
  '@parley-rtc/vue',
  '@parley-rtc/vue/elements',
  '@parley-rtc/processors',
  '@parley-rtc/client',
  '@parley-rtc/testing',
  '@parley-rtc/server',
];

/** The file that exports a module. */
export function sourceOf(module: string): string {
  const [, name = '', subpath = 'index'] = module.split('/');
  return `packages/${name}/src/${subpath}.ts`;
}
