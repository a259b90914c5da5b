import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { slug } from 'github-slugger';
import { defineConfig, type DefaultTheme } from 'vitepress';
import llmstxt from 'vitepress-plugin-llms';
import { apiModules } from '../.tools/api-modules.ts';
import { docs } from '../.tools/folders.ts';
import { repositoryUrl } from '../.tools/repository-url.ts';
import { leaveDocs } from './leave-docs.ts';
import { sections } from './navigation.ts';

/** The modules of the API reference. Each has a page that lists its names; 500 of them would be too many for a sidebar. */
function apiReference(): DefaultTheme.SidebarItem[] {
  return apiModules.map((name) => ({ text: name, link: `/reference/api/${name}/` }));
}

function decisions(): DefaultTheme.SidebarItem[] {
  const pages = readdirSync(join(docs, 'decisions')).filter((name) => /^\d/.test(name));
  return pages.toSorted().map((name) => {
    const [title = name] = readFileSync(join(docs, 'decisions', name), 'utf8').split('\n');
    return { text: title.replace(/^# /, ''), link: `/decisions/${name}` };
  });
}

const sidebar: DefaultTheme.SidebarItem[] = sections.map(({ text, pages, isCollapsed }) => ({
  text,
  collapsed: isCollapsed ?? false,
  items: pages.map(([name, page]) => {
    const items =
      page === 'reference/api/index.md' ? apiReference() : page === 'decisions/index.md' ? decisions() : [];
    return { text: name, link: `/${page}`, ...(items.length > 0 && { items, collapsed: true }) };
  }),
}));

export default defineConfig({
  title: 'Parley',
  description: 'A video call in one tag, on a server you can run yourself.',
  lang: 'en',
  base: process.env['DOCS_BASE'] ?? '/',
  // Readers' own machines.
  ignoreDeadLinks: 'localhostLinks',
  // Nothing that is fetched from elsewhere: the system's fonts, and a search over an index of our own.
  srcExclude: ['node_modules/**', '.tools/**'],
  lastUpdated: false,
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    // The same anchors as where the repository is shown.
    anchor: { slugify: slug },
    config: (markdown) => {
      leaveDocs(markdown, repositoryUrl);
      // Wide tables scroll by themselves, so the keyboard must reach them.
      markdown.renderer.rules['table_open'] = () => '<table tabindex="0">\n';
    },
  },
  themeConfig: {
    nav: [
      { text: 'Guides', link: '/publishing' },
      { text: 'API', link: '/reference/api/' },
      { text: 'Errors', link: '/errors' },
      { text: 'Self-hosting', link: '/server/operations' },
    ],
    sidebar,
    outline: [2, 3],
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: repositoryUrl, ariaLabel: 'The repository' }],
    editLink: { pattern: `${repositoryUrl}/edit/main/docs/:path`, text: 'Edit this page' },
    footer: { message: 'Apache-2.0' },
  },
  vite: {
    // The search's index is one file.
    build: { chunkSizeWarningLimit: 4000 },
    plugins: [
      llmstxt({
        ignoreFiles: ['reference/api/**', 'decisions/**', 'measurements/**'],
        description:
          'A browser WebRTC conferencing SDK with elements for a whole call, and a self-hostable server.',
      }),
    ],
  },
});
