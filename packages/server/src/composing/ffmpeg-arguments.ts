import type { RecordedFile, Recording } from '@parley-rtc/contract';

/** The size of the composed video. */
export interface Canvas {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly framesPerSecond: number;
}

interface Tile {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The arguments by which ffmpeg turns the files of a recording into one video: a tile for each stream with video, in a grid, and
 * all audio mixed, each from its offset on.
 */
export function ffmpegArguments(
  { streams }: Pick<Recording, 'streams'>,
  pathOf: (fileName: string) => string,
  output: string,
  canvas: Canvas,
): readonly string[] {
  const files = streams.flatMap((stream) => stream.files);
  const audio = files.filter(({ kind }) => kind === 'audio');
  const withVideo = streams.filter((stream) => stream.files.some(({ kind }) => kind === 'video'));
  const tiles = grid(withVideo.length, canvas);
  const videos = withVideo.flatMap((stream, index) =>
    stream.files.flatMap((file) => (file.kind === 'video' ? [{ file, tile: tiles[index] }] : [])),
  );
  const inputs = [...videos.map(({ file }) => file), ...audio];
  const seconds = Math.max(0, ...files.map(endMs)) / 1_000;
  const { widthPx, heightPx, framesPerSecond } = canvas;
  const background = `color=c=black:s=${widthPx}x${heightPx}:r=${framesPerSecond}:d=${seconds}[base0]`;
  const graph = [background, ...videos.flatMap(videoFilters), ...audioFilters(audio, videos.length)];
  const sound = audio.length > 0 ? ['-map', '[mix]', '-c:a', 'aac', '-b:a', '128k'] : [];
  const video = ['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '23', '-pix_fmt', 'yuv420p'];
  return [
    ...inputs.flatMap(({ name }) => ['-reinit_filter', '0', '-i', pathOf(name)]),
    '-filter_complex',
    graph.join(';'),
    '-map',
    `[base${videos.length}]`,
    ...sound,
    ...video,
    '-t',
    String(seconds),
    '-movflags',
    '+faststart',
    '-y',
    output,
  ];
}

function endMs({ offsetMs, durationMs }: RecordedFile): number {
  return offsetMs + durationMs;
}

/** Tiles of equal size, as square a grid as possible. Even sizes, which the encoder needs. */
function grid(count: number, { widthPx, heightPx }: Canvas): readonly Tile[] {
  const columns = Math.ceil(Math.sqrt(count));
  const rows = Math.ceil(count / Math.max(1, columns));
  const [width, height] = [even(widthPx / columns), even(heightPx / rows)];
  return Array.from({ length: count }, (_, index) => ({
    left: (index % columns) * width,
    top: Math.floor(index / columns) * height,
    width,
    height,
  }));
}

function even(px: number): number {
  return 2 * Math.floor(px / 2);
}

/** Fits a video into its tile, and lays it over the picture from its offset to its end. */
function videoFilters(
  { file, tile }: { readonly file: RecordedFile; readonly tile: Tile | undefined },
  index: number,
): readonly string[] {
  if (!tile) return [];
  const { left, top, width, height } = tile;
  const [start, end] = [file.offsetMs / 1_000, endMs(file) / 1_000];
  const fit = `scale=${width}:${height}:force_original_aspect_ratio=decrease,pad=${width}:${height}:-1:-1,setsar=1`;
  return [
    `[${index}:v]setpts=PTS-STARTPTS+${start}/TB,${fit}[tile${index}]`,
    `[base${index}][tile${index}]overlay=${left}:${top}:eof_action=pass:enable='between(t,${start},${end})'[base${index + 1}]`,
  ];
}

/** Fills the gaps of each file, and mixes them from their offsets on. */
function audioFilters(audio: readonly RecordedFile[], firstInput: number): readonly string[] {
  if (audio.length === 0) return [];
  const delayed = audio.map(
    ({ offsetMs }, index) =>
      `[${firstInput + index}:a]aresample=48000:async=1:min_hard_comp=0.03:first_pts=0,adelay=${Math.round(offsetMs)}:all=1[sound${index}]`,
  );
  const labels = audio.map((_, index) => `[sound${index}]`).join('');
  return [...delayed, `${labels}amix=inputs=${audio.length}:duration=longest:normalize=0,alimiter[mix]`];
}
