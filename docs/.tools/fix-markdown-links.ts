import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { docs, root } from './folders.ts';
import { repositoryUrl } from './repository-url.ts';

const site = join(docs, '.vitepress/dist');
const base = process.env['DOCS_BASE'] ?? '/';
const fences = /(^ *```[^]*?^ *```$)/m;

/**
 * The site has each page as Markdown, too, for readers such as language models, and all of them in `llms-full.txt`. Their links are
 * those of the sources; this leads them to pages of the site or to the repository. Returns those that lead nowhere.
 */
export function fixMarkdownLinks(): string[] {
  const problems: string[] = [];
  const complete = join(site, 'llms-full.txt');
  let all = readFileSync(complete, 'utf8');
  for (const path of globSync('**/*.md', { cwd: site })) {
    const before = readFileSync(join(site, path), 'utf8');
    const after = withLinks(before, (link) => {
      const address = addressOf(link, sourceOf(path));
      if (address === undefined) problems.push(`The site's ${path} links to ${link}, which does not exist.`);
      return address ?? link;
    });
    writeFileSync(join(site, path), after);
    if (!all.includes(before.trim())) problems.push(`llms-full.txt lacks ${path}.`);
    all = all.replace(before.trim(), () => after.trim());
  }
  writeFileSync(complete, all);
  return problems;
}

/** Where the page `path` of the site was written: `guide.md` can come from `guide/index.md`. */
function sourceOf(path: string): string {
  const page = join(docs, path);
  return existsSync(page) ? page : join(docs, path.replace(/\.md$/, ''), 'index.md');
}

/** The text with each link of `[…](…)`, outside of code, replaced. */
function withLinks(text: string, replace: (link: string) => string): string {
  return text
    .split(fences)
    .map((part) =>
      fences.test(part)
        ? part
        : part.replace(/\]\(([^)\s]+)\)/g, (whole, link: string) =>
            /^[a-z]+:|^#/i.test(link) ? whole : `](${replace(link)})`,
          ),
    )
    .join('');
}

function addressOf(link: string, source: string): string | undefined {
  const [path = '', anchor] = link.split('#');
  const file = path.startsWith('/') ? join(docs, path) : join(dirname(source), decodeURI(path));
  const address = pageOf(relative(docs, file)) ?? inRepository(file);
  return address && (anchor === undefined ? address : `${address}#${anchor}`);
}

/** The page of the site, as Markdown if there is that. */
function pageOf(page: string): string | undefined {
  const flat = basename(page) === 'index.md' ? `${dirname(page)}.md` : page;
  const found = [flat, page, page.replace(/\.md$/, '.html')].find((path) => existsSync(join(site, path)));
  return page.endsWith('.md') && found !== undefined ? `${base}${found}` : undefined;
}

function inRepository(file: string): string | undefined {
  if (!existsSync(file)) return undefined;
  return `${repositoryUrl}/${statSync(file).isDirectory() ? 'tree' : 'blob'}/main/${relative(root, file)}`;
}
