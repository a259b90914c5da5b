// A program: a sound card without a sound, for Firefox, whose Web Audio stands still on a machine that has none. Runs
// PulseAudio with a folder of its own until it is ended, and prints the address for `PULSE_SERVER`. On systems other than Linux,
// Firefox needs none, so the address is empty.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ensureProgram } from './ensure-program.ts';

/** Two, so that there is a choice. */
const outputs = ['headset', 'speaker'];

function announce(address: string): void {
  console.log(`sound card at <${address}>`);
}

async function runPulseAudio(): Promise<void> {
  ensureProgram('pulseaudio', 'pulseaudio');
  const folder = mkdtempSync(join(tmpdir(), 'parley-sound-'));
  const socket = join(folder, 'socket');
  const daemon = spawn(
    'pulseaudio',
    [
      '-n',
      '--daemonize=no',
      '--exit-idle-time=-1',
      '--log-level=error',
      ...outputs.map((name) => `--load=module-null-sink sink_name=${name}`),
      `--load=module-native-protocol-unix socket=${socket} auth-anonymous=1`,
    ],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, HOME: folder, XDG_RUNTIME_DIR: folder },
    },
  );
  daemon.once('exit', (status) => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(status ?? 0);
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => daemon.kill());
  while (!existsSync(socket)) await pause(20);
  announce(`unix:${socket}`);
}

if (process.platform === 'linux') await runPulseAudio();
else {
  announce('');
  // Until a signal ends it.
  setInterval(() => {}, 60_000);
}
