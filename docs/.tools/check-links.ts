import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import GithubSlugger from 'github-slugger';
import MarkdownIt from 'markdown-it';
import { docs, root } from './folders.ts';
import { markdownFiles } from './markdown-files.ts';

const markdown = new MarkdownIt({ html: true });

/** Links between files of the repository that lead nowhere where the repository is shown. */
export function repositoryLinkProblems(): string[] {
  return markdownFiles().flatMap((path) =>
    linksOf(path)
      .filter((link) => !/^[a-z]+:|^\/\//i.test(link))
      .filter((link) => {
        const [target = '', anchor] = link.split('#');
        const file = target === '' ? path : join(dirname(path), decodeURI(target));
        if (!existsSync(join(root, file))) return true;
        return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor);
      })
      .map((link) => `${path} links to ${link}, which does not exist.`),
  );
}

function linksOf(path: string): string[] {
  const tokens = markdown.parse(readFileSync(join(root, path), 'utf8'), {});
  return tokens
    .flatMap(({ children }) => children ?? [])
    .map((token) => token.attrGet('href') ?? token.attrGet('src'))
    .filter((link) => link !== null);
}

function anchorsOf(path: string): ReadonlySet<string> {
  const slugger = new GithubSlugger();
  const tokens = markdown.parse(readFileSync(join(root, path), 'utf8'), {});
  return new Set(
    tokens.flatMap((token, index) => {
      const words = tokens[index + 1]?.children ?? [];
      return token.type === 'heading_open'
        ? [slugger.slug(words.map(({ content }) => content).join(''))]
        : [];
    }),
  );
}

/** Links of the built site that lead to no page, file or anchor of it. */
export function siteLinkProblems(): string[] {
  const site = join(docs, '.vitepress/dist');
  const paths = globSync('**/*.html', { cwd: site });
  const contents = new Map(paths.map((path) => [path, readFileSync(join(site, path), 'utf8')]));
  const ids = new Map(
    Array.from(contents, ([path, html]) => [
      path,
      new Set(Array.from(html.matchAll(/ id="([^"]+)"/g), ([, id]) => id)),
    ]),
  );
  return Array.from(contents).flatMap(([path, html]) => {
    const links = new Set(Array.from(html.matchAll(/<a[^>]* href="([^"]+)"/g), ([, link = '']) => link));
    return Array.from(links)
      .filter((link) => /^[/#.]/.test(link))
      .filter((link) => {
        const { pathname, hash } = new URL(link, `https://site/${path}`);
        const target = relative('/', decodeURI(pathname.endsWith('/') ? `${pathname}index.html` : pathname));
        if (hash === '') return !existsSync(join(site, target));
        return !ids.get(target)?.has(decodeURIComponent(hash.slice(1)));
      })
      .map((link) => `The site's page ${path} links to ${link}, which does not exist.`);
  });
}
