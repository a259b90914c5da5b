import { execFileSync } from 'node:child_process';
import { docs, root } from './folders.ts';

/** All Markdown files of the repository that people read, relative to its root. */
export function markdownFiles(): string[] {
  return listed(root, '*.md').filter((path) => !/^\.changeset\/|\/etc\/[\w-]+\.api\.md$/.test(path));
}

/** The pages of `docs`, relative to it, without those that are generated. */
export function pages(): string[] {
  return listed(docs, '*.md');
}

/** Files below a folder that are committed, or would be with `git add`. */
export function listed(folder: string, ...patterns: readonly string[]): string[] {
  const options = ['--cached', '--others', '--exclude-standard', '-z', '--', ...patterns];
  const output = execFileSync('git', ['ls-files', ...options], { cwd: folder, encoding: 'utf8' });
  return output.split('\0').filter((path) => path !== '');
}
