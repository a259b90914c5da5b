import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { ConformanceReport } from '../run-conformance.ts';

const program = fileURLToPath(new URL('../main.ts', import.meta.url));

/** How a command ended, and what it printed. */
export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Arguments for the client of the test servers. */
export const login: readonly string[] = ['--client', 'service', '--secret', 'secret'];

/** Runs the command and waits for its exit. */
export async function runCommand(...args: readonly string[]): Promise<CommandResult> {
  const child = spawn(process.execPath, ['--conditions=@parley-rtc/source', program, ...args], {
    env: { PATH: process.env['PATH'] },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const printed = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => void (printed.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => void (printed.err += chunk.toString()));
  const [code] = await once(child, 'close');
  return { code: code as number | null, ...printed };
}

/** Runs all checks with media, and reads the report that the command writes. */
export async function runWithReport(
  server: string,
): Promise<CommandResult & { readonly report: ConformanceReport }> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-conformance-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, 'report.json');
  const result = await runCommand(server, ...login, '--media', '--json', file);
  return { ...result, report: JSON.parse(readFileSync(file, 'utf8')) as ConformanceReport };
}
