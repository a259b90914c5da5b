import { existsSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { docs, root } from '../.tools/folders.ts';

/**
 * Turns links to files outside of `docs`, which work where the repository is shown, into links to the repository. A link to
 * nothing fails the build.
 */
export function leaveDocs(markdown: MarkdownRenderer, repositoryUrl: string): void {
  markdown.core.ruler.push('leave-docs', ({ tokens, env }) => {
    const page = (env as { path: string }).path;
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const target = token.type === 'link_open' ? token.attrGet('href') : undefined;
      if (target && /^\.{1,2}\//.test(target)) token.attrSet('href', addressOf(target, page, repositoryUrl));
    }
  });
}

function addressOf(target: string, page: string, repositoryUrl: string): string {
  const [path = '', anchor] = target.split('#');
  const file = join(dirname(page), decodeURI(path));
  if (!relative(docs, file).startsWith('..')) return target;
  if (!existsSync(file)) throw new Error(`${relative(root, page)} links to ${target}, which does not exist.`);
  const kind = statSync(file).isDirectory() ? 'tree' : 'blob';
  return `${repositoryUrl}/${kind}/main/${relative(root, file)}${anchor ? `#${anchor}` : ''}`;
}
