#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Recording } from '@parley-rtc/contract';
import { ffmpegArguments } from './composing/ffmpeg-arguments.ts';

const usage = `Usage: parley-compose-recording <folder of a recording> <output.mp4>

Makes one video of a recording, with all participants in a grid and their audio mixed. Needs ffmpeg.`;

const howToInstall = `ffmpeg is missing. Install it and try again:
  Debian, Ubuntu  apt-get install ffmpeg
  Fedora          dnf install ffmpeg
  macOS           brew install ffmpeg
  Windows         winget install ffmpeg`;

try {
  process.exitCode = await compose(process.argv.slice(2));
} catch (error) {
  console.error(isMissing(error) ? howToInstall : error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

/** Returns the exit code. */
async function compose([folder, output, ...rest]: readonly string[]): Promise<number> {
  if (folder === undefined || output === undefined || rest.length > 0) {
    console.error(usage);
    return 2;
  }
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as Recording;
  if (manifest.state === 'recording') throw new Error('This recording is still running. Stop it first.');
  if (manifest.streams.every(({ files }) => files.length === 0))
    throw new Error('This recording has no media.');
  const canvas = { widthPx: 1280, heightPx: 720, framesPerSecond: 30 };
  const args = ffmpegArguments(manifest, (name) => join(folder, name), output, canvas);
  const ffmpeg = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', ...args], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const [code] = (await once(ffmpeg, 'exit')) as [number | null];
  return code ?? 1;
}

function isMissing(error: unknown): boolean {
  const { code, syscall = '' } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' && syscall.startsWith('spawn');
}
