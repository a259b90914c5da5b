import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { listedByIndex, sections } from '../.vitepress/navigation.ts';
import { docs } from './folders.ts';
import { pages } from './markdown-files.ts';

/**
 * Pages that no reader of the site would find, because neither the sidebar nor the index of their folder shows them, and entries of
 * the sidebar without a page. Those below `reference` are generated later; the site's links are checked then.
 */
export function navigationProblems(): string[] {
  const shown = new Set(sections.flatMap((section) => section.pages.map(([, page]) => page)));
  const existing = new Set(pages());
  const missing = [...shown]
    .filter((page) => !page.startsWith('reference/') && !existing.has(page))
    .map((page) => `docs/.vitepress/navigation.ts lists ${page}, which does not exist.`);
  return [...missing, ...hiddenPages(shown)];
}

function hiddenPages(shown: ReadonlySet<string>): string[] {
  return pages().flatMap((page) => {
    if (shown.has(page)) return [];
    const folder = listedByIndex.find((folder) => page.startsWith(folder));
    if (folder === undefined) return [`docs/${page} is missing in docs/.vitepress/navigation.ts.`];
    const index = readFileSync(join(docs, folder, 'index.md'), 'utf8');
    return index.includes(`](${page.slice(folder.length)})`)
      ? []
      : [`docs/${page} is missing in docs/${folder}index.md.`];
  });
}
