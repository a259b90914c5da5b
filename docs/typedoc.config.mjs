// The API reference, made from the sources: `typedoc` writes it into `reference/api`, with the list of its pages.
import { fileURLToPath } from 'node:url';
import { Converter, OptionDefaults } from 'typedoc';
import { apiModules, sourceOf } from './.tools/api-modules.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Names each module as an app imports it, and not after its file: `@parley-rtc/sdk`, `@parley-rtc/sdk/bindings`. */
function nameModules(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      module.name = module.name.replace(/^packages\//, '@parley-rtc/').replace(/\/src/, '');
    }
  });
}

/** @type {Partial<import('typedoc').TypeDocOptions> & Record<string, unknown>} */
export default {
  name: 'API reference',
  entryPoints: apiModules.map((name) => root + sourceOf(name)),
  tsconfig: 'tsconfig.api.json',
  basePath: root,
  out: 'reference/api',
  docsRoot: '.',
  plugin: ['typedoc-plugin-markdown', 'typedoc-vitepress-theme', nameModules],
  readme: 'none',
  // The step `types` of CI checks the sources.
  skipErrorChecking: true,
  disableSources: true,
  excludePrivate: true,
  excludeProtected: true,
  excludeInternal: true,
  excludeExternals: true,
  // Tags of custom elements, which the custom elements manifest has, too.
  blockTags: [...OptionDefaults.blockTags, '@element', '@slot', '@csspart', '@cssprop', '@fires', '@attr'],
  // Types that are only mentioned are listed in the API reports.
  validation: { notExported: false, invalidLink: false },
  logLevel: 'Error',
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  hidePageHeader: true,
  hideBreadcrumbs: true,
  useCodeBlocks: true,
};
