import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { joinParley, type ParleyRoom } from './parley-room.ts';
import type { RouterUnderLoad } from './router-under-load.ts';
import { stopChild } from './stop-child.ts';

const program = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** Our server with one conference in it. */
export interface ParleyUnderLoad extends RouterUnderLoad, ParleyRoom {
  readonly url: string;
}

/** The configuration of our server. */
export interface ParleySetUp {
  /** Number of media processes. Default 1: the server's own. */
  readonly processes?: number;
  /** A single UDP port for all peers. Default: one for each. */
  readonly udpPort?: number;
  /** What moves the packets. Default: node-datachannel. */
  readonly transport?: 'node-datachannel' | 'native';
  /** Folder for recordings. Default: none. */
  readonly recordingDir?: string;
}

/** Starts our server as users do; writes CPU profiles to `profileFolder`, if any. */
export async function startParley(
  { processes = 1, udpPort, transport, recordingDir }: ParleySetUp = {},
  profileFolder?: string,
): Promise<ParleyUnderLoad> {
  const flags = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
  const child = spawn(process.execPath, ['--conditions=@parley-rtc/source', ...flags, program], {
    env: {
      PATH: process.env['PATH'],
      PARLEY_PORT: '0',
      PARLEY_CLIENTS: 'bench:bench:SERVICE',
      PARLEY_RATE_LIMITS: 'off',
      PARLEY_MEDIA_PROCESSES: String(processes),
      ...(udpPort !== undefined && { PARLEY_UDP_PORT: String(udpPort) }),
      ...(transport !== undefined && { PARLEY_TRANSPORT: transport }),
      ...(recordingDir !== undefined && { PARLEY_RECORDING_DIR: recordingDir }),
      PARLEY_LIMIT_VIEWS_PER_ENDPOINT: '10000',
      PARLEY_LIMIT_STREAMS_PER_PARTICIPANT: '10000',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const close = () => stopChild(child);
  try {
    const url = await printedUrl(child);
    return {
      ...(await joinParley(url)),
      ...figuresOf(url),
      url,
      pids: child.pid === undefined ? [] : [child.pid],
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function printedUrl(child: ChildProcessByStdio<null, Readable, null>): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    let printed = '';
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const found = /^Parley listens on (\S+)/m.exec(printed)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('exit', () => reject(new Error(`The server ended: ${printed}`)));
  });
}

function figuresOf(url: string): Pick<RouterUnderLoad, 'loopDelayP99Ms' | 'limitedViewers'> {
  const metrics = async () => (await fetch(`${url}/metrics`)).text();
  return {
    loopDelayP99Ms: async () => {
      const seconds = /^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(await metrics())?.[1];
      return seconds === undefined ? undefined : Number(seconds) * 1_000;
    },
    limitedViewers: async () =>
      (await metrics()).match(/^parley_media_estimate_bps\{direction="out".*kind="video"/gm)?.length ?? 0,
  };
}
