// What `processors.ts` runs in the page. Each function is passed to the browser as text, so it must not use anything outside
// itself.

import type * as BenchModule from './processors-entry.ts';

/** Chromium's frame streams, which TypeScript does not know yet. */
interface FrameStreams {
  readonly MediaStreamTrackProcessor: new (init: { track: MediaStreamTrack }) => {
    readonly readable: ReadableStream<VideoFrame>;
  };
}

export interface VideoRun {
  /** Time until the processor had its files and its first frame. */
  readonly startMs: number;
  readonly frames: number;
  /** Of each frame, from the source to the processed track. */
  readonly delaysMs: readonly number[];
}

export interface RunningVideo {
  readonly startMs: number;
  /** Stops reading, and returns what was read since `video` resolved. */
  readonly stop: () => Promise<VideoRun>;
}

declare global {
  interface Window {
    benchVideo?: RunningVideo;
  }
}

/** Sends a moving video of this size through a processor. */
export async function startVideo({
  effect,
  width,
  height,
  frameRate,
}: {
  effect: 'none' | 'copy' | 'blur' | 'image';
  width: number;
  height: number;
  frameRate: number;
}): Promise<void> {
  const assets = '/processors/';
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser draws no canvas.');
  let drawn = 0;
  const timer = setInterval(() => {
    drawn += 1;
    context.fillStyle = `hsl(${drawn} 60% 50%)`;
    context.fillRect(0, 0, width, height);
    context.fillStyle = '#d9a27f';
    context.beginPath();
    context.ellipse(width / 2, height / 2, height / 6, height / 5, 0, 0, 7);
    context.fill();
  }, 1000 / frameRate);
  const [track] = canvas.captureStream(frameRate).getVideoTracks();
  if (!track) throw new Error('There is no track.');

  const image = await createImageBitmap(canvas);
  const processors = {
    none: undefined,
    copy: window.Parley.videoFrameProcessor((target, frame) => target.drawImage(frame, 0, 0)),
    blur: window.processors.backgroundBlur({ assets }),
    image: window.processors.backgroundImage({ assets, image }),
  };
  const ending = new AbortController();
  const enteredMs = new Map<number, number>();
  const leftMs = new Map<number, number>();
  const { MediaStreamTrackProcessor } = globalThis as unknown as FrameStreams;
  const read = async (of: MediaStreamTrack, onFrame: (timestamp: number) => void) => {
    const reader = new MediaStreamTrackProcessor({ track: of }).readable.getReader();
    ending.signal.addEventListener('abort', () => void reader.cancel());
    for (;;) {
      const { value: frame } = await reader.read();
      if (!frame) return;
      onFrame(frame.timestamp);
      frame.close();
    }
  };
  const startedMs = performance.now();
  const processed = (await processors[effect]?.process(track, ending.signal)) ?? track;
  const startMs = performance.now() - startedMs;
  void read(track.clone(), (timestamp) => enteredMs.set(timestamp, performance.now()));
  void read(processed, (timestamp) => leftMs.set(timestamp, performance.now()));
  window.benchVideo = {
    startMs,
    async stop() {
      ending.abort();
      clearInterval(timer);
      track.stop();
      const delaysMs = Array.from(leftMs, ([timestamp, ms]) => ms - (enteredMs.get(timestamp) ?? Number.NaN));
      return { startMs, frames: leftMs.size, delaysMs: delaysMs.filter((delayMs) => !Number.isNaN(delayMs)) };
    },
  };
  // Code that runs for the first time is slow.
  await new Promise((resolve) => {
    setTimeout(resolve, 2_000);
  });
  leftMs.clear();
}

export interface NoiseRun {
  /** Of the mixture before and after. */
  readonly snrBeforeDb: number;
  readonly snrAfterDb: number;
  /** How much lower the noise is before the first word, and after the last one. */
  readonly pauseBeforeDb: number;
  readonly pauseAfterDb: number;
  /** How loud speech is, against its level before. */
  readonly speechDb: number;
  /** How much later speech leaves RNNoise than it enters. */
  readonly delayMs: number;
}

/** Sends speech with noise through RNNoise, faster than real time, and compares the result with the speech alone. */
export async function measureNoise({
  wav,
  noise,
  snrDb,
}: {
  wav: string;
  noise: 'white' | 'pink' | 'hum';
  snrDb: number;
}): Promise<NoiseRun> {
  const rateHz = 48_000;
  const bytes = Uint8Array.from(atob(wav), (character) => character.codePointAt(0) ?? 0);
  const decoded = await new OfflineAudioContext(1, 1, rateHz).decodeAudioData(bytes.buffer);
  const pause = 3 * rateHz;
  const clean = new Float32Array(decoded.length + 2 * pause);
  clean.set(decoded.getChannelData(0), pause);
  const power = (samples: Float32Array) =>
    samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const decibels = (ratio: number) => 10 * Math.log10(ratio);

  /** Pink by the sum of slower and slower random values (Voss). */
  const rows = new Float64Array(12);
  const sources = {
    white: () => 2 * Math.random() - 1,
    pink: (index: number) => {
      const row = Math.min(rows.length - 1, Math.log2((index + 1) & -(index + 1)));
      rows[row] = 2 * Math.random() - 1;
      return rows.reduce((sum, value) => sum + value, 0);
    },
    // The mains and their harmonics, and some hiss, as from a fan.
    hum: (index: number) =>
      [50, 100, 150, 200].reduce((sum, hz) => sum + Math.sin((2 * Math.PI * hz * index) / rateHz), 0) +
      Math.random(),
  };
  const raw = Float32Array.from(clean, (_, index) => sources[noise](index));
  const speechPower = power(clean.subarray(pause, clean.length - pause));
  const gain = Math.sqrt(speechPower / power(raw) / 10 ** (snrDb / 10));
  const mixed = clean.map((sample, index) => sample + gain * (raw[index] ?? 0));

  const { createNoiseNode, assetUrls, noiseAssets } = window.processors as typeof BenchModule;
  const ending = new AbortController();
  const context = new OfflineAudioContext(1, mixed.length, rateHz);
  const node = await createNoiseNode(context, assetUrls('/processors/', noiseAssets), ending.signal);
  const buffer = context.createBuffer(1, mixed.length, rateHz);
  buffer.copyToChannel(mixed, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(node).connect(context.destination);
  source.start();
  // The worklet compiles its WebAssembly first, and would be silent as long.
  await new Promise((resolve) => {
    setTimeout(resolve, 500);
  });
  const after = (await context.startRendering()).getChannelData(0);
  ending.abort();

  const speech = clean.subarray(pause, clean.length - pause);
  const shifted = (samples: Float32Array, shift: number) =>
    samples.subarray(pause + shift, clean.length - pause + shift);
  const product = (one: Float32Array, other: Float32Array) =>
    one.reduce((sum, sample, index) => sum + sample * (other[index] ?? 0), 0);
  const lags = Array.from({ length: 2_000 }, (_, lag) => lag);
  const likeness = lags.map((lag) => product(speech.subarray(0, 2 * rateHz), shifted(after, lag)));
  const delay = likeness.indexOf(Math.max(...likeness));
  /** What of `samples` is the speech, scaled, against all the rest. */
  const snrOf = (samples: Float32Array, shift: number) => {
    const heard = shifted(samples, shift);
    const scale = product(speech, heard) / speech.length / speechPower;
    const rest = heard.map((sample, index) => sample - scale * (speech[index] ?? 0));
    return decibels((scale * scale * speechPower) / power(rest));
  };
  const quieter = (from: number, to: number) =>
    decibels(Math.max(1e-10, power(after.subarray(from, to))) / power(mixed.subarray(from, to)));
  return {
    snrBeforeDb: snrOf(mixed, 0),
    snrAfterDb: snrOf(after, delay),
    // RNNoise needs a while to get to know the noise.
    pauseBeforeDb: quieter(pause - rateHz, pause),
    pauseAfterDb: quieter(clean.length - rateHz, clean.length),
    speechDb: decibels(power(shifted(after, delay)) / power(speech)),
    delayMs: delay / (rateHz / 1000),
  };
}

/** Processor time of RNNoise, in ms per second of audio: of speech with noise, and of a muted microphone. */
export async function measureNoiseCost(): Promise<{ noiseMs: number; silenceMs: number; withoutMs: number }> {
  const rateHz = 48_000;
  const seconds = 60;
  const { createNoiseNode, assetUrls, noiseAssets } = window.processors as typeof BenchModule;
  const render = async (amplitude: number, isProcessed: boolean) => {
    const ending = new AbortController();
    const context = new OfflineAudioContext(1, seconds * rateHz, rateHz);
    const buffer = context.createBuffer(1, seconds * rateHz, rateHz);
    const samples = buffer.getChannelData(0);
    for (const index of samples.keys()) samples[index] = amplitude * (2 * Math.random() - 1);
    const source = new AudioBufferSourceNode(context, { buffer });
    if (isProcessed) {
      const node = await createNoiseNode(context, assetUrls('/processors/', noiseAssets), ending.signal);
      source.connect(node).connect(context.destination);
    } else source.connect(context.destination);
    source.start();
    await new Promise((resolve) => {
      setTimeout(resolve, 500);
    });
    const startedMs = performance.now();
    await context.startRendering();
    ending.abort();
    return (performance.now() - startedMs) / seconds;
  };
  await render(0.1, true);
  return {
    noiseMs: await render(0.1, true),
    silenceMs: await render(0, true),
    withoutMs: await render(0.1, false),
  };
}

/** How much later clicks leave the processor than they enter it, in a running page, in ms. */
export async function measureNoiseDelay(seconds: number): Promise<number[]> {
  const context = new AudioContext({ sampleRate: 48_000 });
  await context.resume();
  const input = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  // A sweep in noise once a second, which RNNoise lets through where a click would be suppressed.
  const loop = new AudioBuffer({ length: 48_000, sampleRate: 48_000, numberOfChannels: 1 });
  const samples = loop.getChannelData(0);
  for (let index = 0; index < 9_600; index += 1) {
    const fade = Math.sin((Math.PI * index) / 9_600);
    const phase = 2 * Math.PI * (150 + 0.05 * index) * (index / 48_000);
    samples[index] = 0.3 * fade * (Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.3 * Math.sin(3 * phase));
  }
  const source = new AudioBufferSourceNode(context, { buffer: loop, loop: true });
  source.connect(input);
  source.start();
  const [track] = input.stream.getAudioTracks();
  if (!track) throw new Error('There is no track.');
  const ending = new AbortController();
  const processor = window.processors.noiseSuppression({ assets: '/processors/' });
  const processed = await processor.process(track, ending.signal);

  // Both ways end as a stream and begin as one, so that only the processor differs.
  const merger = new ChannelMergerNode(context, { numberOfInputs: 2 });
  context.createMediaStreamSource(new MediaStream([track])).connect(merger, 0, 0);
  context.createMediaStreamSource(new MediaStream([processed])).connect(merger, 0, 1);
  const recorder = `registerProcessor('bench-recorder', class extends AudioWorkletProcessor {
    process([[left, right]]) {
      if (left && right) this.port.postMessage([left.slice(), right.slice()]);
      return true;
    }
  })`;
  const url = URL.createObjectURL(new Blob([recorder], { type: 'text/javascript' }));
  await context.audioWorklet.addModule(url);
  const node = new AudioWorkletNode(context, 'bench-recorder', { channelCount: 2 });
  const recorded: [number[], number[]] = [[], []];
  node.port.addEventListener('message', ({ data }: MessageEvent<[Float32Array, Float32Array]>) => {
    recorded[0].push(...data[0]);
    recorded[1].push(...data[1]);
  });
  node.port.start();
  merger.connect(node).connect(context.destination);
  await new Promise((resolve) => {
    setTimeout(resolve, 1000 * (seconds + 2));
  });
  ending.abort();
  await context.close();

  /** The lag at which one second of both is most alike. */
  const lagAt = (from: number) => {
    let best = { lag: 0, likeness: -Infinity };
    for (let lag = 0; lag < 9_600; lag += 4) {
      let likeness = 0;
      for (let index = from; index < from + 48_000; index += 4) {
        likeness += (recorded[0][index] ?? 0) * (recorded[1][index + lag] ?? 0);
      }
      if (likeness > best.likeness) best = { lag, likeness };
    }
    return best.lag / 48;
  };
  return Array.from({ length: seconds - 1 }, (_, second) => lagAt((second + 1) * 48_000));
}
