import type { RecordedFile, RecordedStream } from '@parley-rtc/contract';
import { expect, it } from 'vitest';
import { ffmpegArguments } from './ffmpeg-arguments.ts';

const canvas = { widthPx: 1280, heightPx: 720, framesPerSecond: 30 };

function stream(index: number, ...kinds: readonly RecordedFile['kind'][]): RecordedStream {
  const files = kinds.map((kind) => ({
    name: `${index}-${kind}-1.webm`,
    kind,
    codec: '',
    offsetMs: index * 1_000,
    durationMs: 5_000,
    bytes: 1,
    sizes: [],
    gaps: [],
  }));
  return { streamId: `s-${index}`, streamType: 'MIC_AND_CAM', userId: 'u', userEndpointId: 'e', files };
}

const graphOf = (args: readonly string[]): readonly string[] =>
  (args[args.indexOf('-filter_complex') + 1] ?? '').split(';');

it('lays out a grid, and starts each file at its offset', () => {
  const streams = [1, 2, 3].map((index) => stream(index, 'audio', 'video'));
  const args = ffmpegArguments({ streams }, (name) => `/r/${name}`, 'out.mp4', canvas);
  expect(args.filter((_, index) => args[index - 1] === '-i')).toEqual(
    ['video', 'audio'].flatMap((kind) => [1, 2, 3].map((index) => `/r/${index}-${kind}-1.webm`)),
  );
  const graph = graphOf(args);
  expect(graph[0]).toBe('color=c=black:s=1280x720:r=30:d=8[base0]');
  expect(
    graph
      .filter((filter) => filter.includes('overlay'))
      .map((filter) => /overlay=(\d+:\d+)/.exec(filter)?.[1]),
  ).toEqual(['0:0', '640:0', '0:360']);
  expect(
    graph.filter((filter) => filter.includes('adelay')).map((filter) => /adelay=(\d+)/.exec(filter)?.[1]),
  ).toEqual(['1000', '2000', '3000']);
  expect(args.slice(-3)).toEqual(['+faststart', '-y', 'out.mp4']);
});

it('gives a stream that changed its codec one tile', () => {
  const changed = stream(1, 'video', 'video');
  const graph = graphOf(ffmpegArguments({ streams: [changed] }, (name) => name, 'out.mp4', canvas));
  expect(graph.filter((filter) => filter.includes('overlay=0:0'))).toHaveLength(2);
});

it('makes a black video of audio alone, and a silent one of video alone', () => {
  const sound = ffmpegArguments({ streams: [stream(1, 'audio')] }, (name) => name, 'out.mp4', canvas);
  expect(sound).toContain('[base0]');
  expect(sound).toContain('[mix]');
  const silent = ffmpegArguments({ streams: [stream(1, 'video')] }, (name) => name, 'out.mp4', canvas);
  expect(silent).not.toContain('[mix]');
});
