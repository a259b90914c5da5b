import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { docs, root } from './folders.ts';
import { listed, markdownFiles } from './markdown-files.ts';
import { samplesOf, type Sample } from './samples.ts';

/** Names that a sample does not declare come from `givens.ts`, and the sample says so: `// Given: conference, video`. */
const given = /^\/\/ Given: (.+)$/m;
/** A sample that others import says its name in its first line. */
const named = /^(?:<!--|\/\/) ([\w-]+\.(?:ts|tsx|vue))/;

const folder = join(docs, '.samples');

/** A sample that is a part of an example is compiled and run there, with the framework that it is for. */
const examples = listed(root, '*.ts', '*.tsx', '*.vue')
  .filter((path) => path.includes('/examples/'))
  .map((path) => readFileSync(join(root, path), 'utf8'));

/** Errors of the compiler in the samples of all pages that are TypeScript, TSX or Vue. Their place is that in the page. */
export async function sampleProblems(): Promise<string[]> {
  rmSync(folder, { recursive: true, force: true });
  const samples = markdownFiles()
    .flatMap((page) => samplesOf(page))
    .filter(({ language }) => ['ts', 'tsx', 'vue'].includes(language))
    .filter(({ code }) => !examples.some((example) => example.includes(code.trim())));
  const places = new Map(samples.map((sample) => [writeSample(sample), sample]));
  const options = ['--noEmit', '--pretty', 'false', '-p', 'tsconfig.samples.json'];
  const compiler = spawn('vue-tsc', options, { cwd: docs, stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [status]] = await Promise.all([text(compiler.stdout), once(compiler, 'close')]);
  if (status === 0) return [];
  return output
    .trim()
    .split('\n')
    .map((message) => {
      const [, path = '', line = '', rest = message] = /^(\S+)\((\d+),\d+\): (.*)$/.exec(message) ?? [];
      const sample = places.get(path);
      return sample ? `${sample.page}:${sample.line + Number(line) - 1}: ${rest}` : message;
    });
}

/** Writes a sample into a file, with the same lines. Returns the file's path relative to `docs`. */
function writeSample({ page, language, line, code }: Sample): string {
  const name = named.exec(code)?.[1] ?? `line-${line}.${language}`;
  const path = join('.samples', page.replace(/\.md$/, ''), name);
  const file = join(docs, path);
  const toGivens = '../'.repeat(path.split('/').length - 1);
  const complete = code.replace(
    given,
    (_, names: string) => `import { ${names} } from '${toGivens}.tools/givens.ts';`,
  );
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, language === 'vue' ? complete : `${complete}export {};\n`);
  return path;
}
