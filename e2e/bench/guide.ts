import { readFileSync } from 'node:fs';

/** One thing that a guide tells the reader to do. */
export type Step =
  /** In the first terminal. */
  | { readonly kind: 'server'; readonly command: string }
  | { readonly kind: 'run'; readonly commands: readonly string[] }
  | { readonly kind: 'save'; readonly path: string; readonly content: string }
  /** The last command, which runs until the reader stops it. */
  | { readonly kind: 'start'; readonly command: string };

export interface Guide {
  readonly steps: readonly Step[];
  /** Where the guide says that the call is. */
  readonly url: string;
}

/** Reads a page of `docs/getting-started` as its reader does: in order, every command and every file. */
export function readGuide(path: string): Guide {
  const text = readFileSync(path, 'utf8');
  const parts = Array.from(text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm));
  const shells = parts.filter(([, language]) => language === 'sh');
  const steps = parts.map((part): Step => {
    const [, language, content = ''] = part;
    if (language !== 'sh') return { kind: 'save', path: fileBefore(text.slice(0, part.index)), content };
    const commands = content.trim().split('\n');
    const [command = ''] = commands;
    if (part === shells[0]) return { kind: 'server', command };
    return part === shells.at(-1) ? { kind: 'start', command } : { kind: 'run', commands };
  });
  const url = /http:\/\/localhost:\d+\/\?room=\w+/.exec(text)?.[0];
  if (url === undefined) throw new Error(`${path} does not say where the call is.`);
  return { steps, url };
}

/** The file that the sentence before a block names. */
function fileBefore(text: string): string {
  const names = Array.from(text.matchAll(/(?:Save this|this|Replace)(?: as)? `([^`]+)`/g));
  const name = names.at(-1)?.[1];
  if (name === undefined) throw new Error('A block of code belongs to no file.');
  return name;
}
