import { spawnSync } from 'node:child_process';
import { ensureProgram } from './ensure-program.ts';

/** A frame of the probe's bar code. */
export interface ReadFrame {
  /** Its timestamp in the file. */
  readonly atMs: number;
  readonly id: number;
  /** The lowest 24 bits of the time at which it was drawn, in milliseconds since 1970. */
  readonly clockMs: number;
}

const bars = 32;

/** Reads the bar codes of a file, after `filters` of ffmpeg. Frames without one are left out. */
export function readBarCodes(path: string, ...filters: readonly string[]): readonly ReadFrame[] {
  const scale = [...filters, `scale=${bars}:2:flags=area`, 'format=gray'].join(',');
  const pixels = ffmpeg('-i', path, '-fps_mode', 'passthrough', '-vf', scale, '-f', 'rawvideo', '-');
  return frameTimesMs(path).flatMap((atMs, frame) => {
    const rows = pixels.subarray(frame * bars * 2, (frame + 1) * bars * 2);
    let code = 0;
    for (let bar = 0; bar < bars; bar += 1) {
      const [upper = 0, lower = 0] = [rows[bar], rows[bars + bar]];
      if (Math.abs(upper - lower) < 60) return [];
      code = code * 2 + (upper > lower ? 1 : 0);
    }
    return [{ atMs, id: Math.floor(code / 2 ** 24), clockMs: code % 2 ** 24 }];
  });
}

/** The times at which a video turns from dark to bright. */
export function readFlashesMs(path: string): readonly number[] {
  const filters = 'scale=1:1:flags=area,format=gray';
  const pixels = ffmpeg('-i', path, '-fps_mode', 'passthrough', '-vf', filters, '-f', 'rawvideo', '-');
  const isBright = [...pixels].map((level) => level > 127);
  return frameTimesMs(path).filter((_, frame) => isBright[frame] && frame > 0 && !isBright[frame - 1]);
}

const sampleRate = 8_000;

/** The times at which a sound begins after a quarter of a second of silence. */
export function readBeepsMs(path: string): readonly number[] {
  const samples = readSamples(path);
  const beeps: number[] = [];
  let quiet = 0;
  for (const [at, sample] of samples.entries()) {
    const isLoud = Math.abs(sample) > 3_000;
    if (isLoud && quiet > sampleRate / 4) beeps.push((at * 1_000) / sampleRate);
    quiet = isLoud ? 0 : quiet + 1;
  }
  return beeps;
}

/** The loudest of these frequencies in the second half of a file. */
export function loudestHz(path: string, candidates: readonly number[]): number | undefined {
  const samples = readSamples(path);
  const half = samples.subarray(samples.length / 2, samples.length / 2 + sampleRate);
  const powers = candidates.map((hz) => powerAt(half, hz));
  const loudest = powers.indexOf(Math.max(...powers));
  return (powers[loudest] ?? 0) > 100 ? candidates[loudest] : undefined;
}

/** How strongly a frequency is in the samples, as its amplitude. */
export function powerAt(samples: Int16Array, hz: number): number {
  let [real, imaginary] = [0, 0];
  for (const [at, sample] of samples.entries()) {
    real += sample * Math.cos((2 * Math.PI * hz * at) / sampleRate);
    imaginary += sample * Math.sin((2 * Math.PI * hz * at) / sampleRate);
  }
  return (2 * Math.hypot(real, imaginary)) / Math.max(1, samples.length);
}

/** The audio of a file at its own timestamps, with silence in gaps. */
export function readSamples(path: string): Int16Array {
  const filters = `aresample=${sampleRate}:async=1:min_hard_comp=0.03:first_pts=0`;
  const bytes = ffmpeg('-i', path, '-vn', '-ac', '1', '-af', filters, '-f', 's16le', '-');
  return new Int16Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length - (bytes.length % 2)),
  );
}

/** What ffprobe says about a file's only stream and its format. */
export function probe(path: string): {
  readonly codec: string;
  readonly frames: number;
  readonly seconds: number;
} {
  const entries = 'stream=codec_name,nb_read_frames:format=duration';
  const text = run('ffprobe', [
    '-v',
    'error',
    '-count_frames',
    '-show_entries',
    entries,
    '-of',
    'json',
    path,
  ]);
  const { streams, format } = JSON.parse(text.toString()) as {
    streams: readonly { codec_name: string; nb_read_frames: string }[];
    format: { duration?: string };
  };
  const [stream] = streams;
  return {
    codec: stream?.codec_name ?? '',
    frames: Number(stream?.nb_read_frames),
    seconds: Number(format.duration),
  };
}

function frameTimesMs(path: string): readonly number[] {
  const args = ['-v', 'error', '-select_streams', 'v', '-show_entries', 'frame=best_effort_timestamp_time'];
  const lines = run('ffprobe', [...args, '-of', 'csv=p=0', path])
    .toString()
    .split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => Number.parseFloat(line) * 1_000);
}

function ffmpeg(...args: readonly string[]): Buffer {
  return run('ffmpeg', ['-v', 'error', '-nostdin', ...args]);
}

function run(program: string, args: readonly string[]): Buffer {
  ensureProgram(program, 'ffmpeg');
  const { status, stdout, stderr } = spawnSync(program, args, { maxBuffer: 512 * 1024 * 1024 });
  if (status !== 0) throw new Error(`${program} failed: ${stderr.toString().slice(0, 1_000)}`);
  return stdout;
}
