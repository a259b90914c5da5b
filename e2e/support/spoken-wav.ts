import { spawnSync } from 'node:child_process';
import { ensureProgram } from './ensure-program.ts';

const text = 'The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background.';

/** Speech as a WAV file in base64, from espeak-ng, which is installed if it is missing. */
export function spokenWav(): string {
  ensureProgram('espeak-ng', 'espeak-ng');
  const { stdout, status, stderr } = spawnSync('espeak-ng', ['--stdout', '-v', 'en-us', '-s', '150', text], {
    maxBuffer: 2 ** 24,
  });
  if (status !== 0) throw new Error(`espeak-ng failed: ${stderr.toString()}`);
  return stdout.toString('base64');
}
