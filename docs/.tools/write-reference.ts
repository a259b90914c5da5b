import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { docs } from './folders.ts';
import { httpReference } from './http-reference.ts';

/** Writes the generated pages into `docs/reference`: the API of the packages and the HTTP API. */
export async function writeReference(): Promise<void> {
  const folder = join(docs, 'reference');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [page, content] of Object.entries(httpReference())) writeFileSync(join(folder, page), content);
  await promisify(execFile)('typedoc', { cwd: docs });
}

if (import.meta.main) await writeReference();
