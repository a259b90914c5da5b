import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import MarkdownIt from 'markdown-it';
import { root } from './folders.ts';

/** A block of code that a page shows. */
export interface Sample {
  readonly page: string;
  readonly language: string;
  /** The line of the page with the block's first line of code, from 1. */
  readonly line: number;
  readonly code: string;
}

const markdown = new MarkdownIt();

/** The blocks of code of a page, given by its path in the repository. */
export function samplesOf(page: string): Sample[] {
  const tokens = markdown.parse(readFileSync(join(root, page), 'utf8'), {});
  return tokens
    .filter(({ type }) => type === 'fence')
    .map(({ info, content, map }) => ({
      page,
      language: info.trim().split(/\s/)[0] ?? '',
      line: (map?.[0] ?? 0) + 2,
      code: content,
    }));
}
