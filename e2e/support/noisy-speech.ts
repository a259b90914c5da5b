// Speech in noise for noise suppression, and how loud a viewer hears both. Each function is passed to the browser as text, so it
// must not use anything outside itself.

/** Publishes speech and a pause in turn, with white noise of `noiseDbfs` all the time. */
export async function publishNoisySpeech({
  wav,
  sampleRateHz,
  pauseSeconds,
  noiseDbfs,
}: {
  wav: string;
  sampleRateHz: number;
  pauseSeconds: number;
  noiseDbfs: number;
}): Promise<void> {
  const context = new AudioContext({ sampleRate: sampleRateHz });
  await context.resume();
  const bytes = Uint8Array.from(atob(wav), (character) => character.codePointAt(0) ?? 0);
  const speech = await context.decodeAudioData(bytes.buffer);
  const frames = speech.length + Math.round(pauseSeconds * sampleRateHz);
  const loop = new AudioBuffer({ length: frames, sampleRate: sampleRateHz, numberOfChannels: 1 });
  const samples = loop.getChannelData(0);
  samples.set(speech.getChannelData(0));
  // Uniform noise between -1 and 1 has an RMS of 1/√3.
  const amplitude = Math.sqrt(3) * 10 ** (noiseDbfs / 20);
  for (const index of samples.keys()) {
    samples[index] = (samples[index] ?? 0) + amplitude * (2 * Math.random() - 1);
  }
  const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
  const source = new AudioBufferSourceNode(context, { buffer: loop, loop: true });
  source.connect(destination);
  source.start();
  window.mine = await window.conference.publishStream({ mediaStream: destination.stream, type: 'MIC' });
}

/** How loud the first view is, in dBFS, of 40 ms at a time, for `seconds`. Digital silence is -100. */
export async function hearLevels(seconds: number): Promise<number[]> {
  const [view] = window.views.values();
  if (!view) throw new Error('There is no view.');
  const context = new AudioContext();
  await context.resume();
  // Chromium feeds a remote track to Web Audio only while an element plays it.
  const sink = new Audio();
  sink.muted = true;
  sink.srcObject = view.mediaStream;
  void sink.play().catch(() => undefined);
  const analyser = new AnalyserNode(context, { fftSize: 2048 });
  context.createMediaStreamSource(view.mediaStream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const levels: number[] = [];
  const endMs = performance.now() + 1000 * seconds;
  while (performance.now() < endMs) {
    await new Promise((resolve) => {
      setTimeout(resolve, 40);
    });
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
    levels.push(Math.max(-100, 10 * Math.log10(power)));
  }
  await context.close();
  sink.srcObject = null;
  return levels;
}

/** The level of the pauses and of the loud parts of speech: what a tenth of all levels is below, and above. */
export function pausesAndSpeech(levels: readonly number[]): { pausesDbfs: number; speechDbfs: number } {
  const sorted = levels.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return { pausesDbfs: at(0.1), speechDbfs: at(0.9) };
}
