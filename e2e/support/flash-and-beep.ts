// Both ends of a lip-sync measurement. Each function is passed to the browser as text, so it must not use anything outside
// itself.

/** How far video was behind audio (negative: ahead), in milliseconds. */
export interface Skews {
  /** Time of the flash minus time of the beep, for each pair. */
  readonly seenMs: readonly number[];
  /** Time between two frames, median. A flash is seen at the next frame, so no measurement is more exact. */
  readonly frameMs: number;
  /** The browser's own estimate from the sender's clocks, twice a second. */
  readonly estimatedMs: readonly number[];
}

/** Publishes black video that flashes white and silence that beeps at the same time, once a second. */
export async function publishFlashesAndBeeps(): Promise<void> {
  const audio = new AudioContext();
  await audio.resume();
  const destination = audio.createMediaStreamDestination();
  const loudness = new GainNode(audio, { gain: 0 });
  const oscillator = new OscillatorNode(audio, { frequency: 1_000 });
  oscillator.connect(loudness).connect(destination);
  oscillator.start();

  const canvas = Object.assign(document.createElement('canvas'), { width: 320, height: 180 });
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser draws no canvas.');
  const mediaStream = canvas.captureStream();
  for (const track of destination.stream.getAudioTracks()) mediaStream.addTrack(track);

  const flashSeconds = 0.2;
  const firstSecond = Math.ceil(audio.currentTime) + 1;
  for (let second = firstSecond; second < firstSecond + 60; second += 1) {
    loudness.gain.setValueAtTime(0.8, second);
    loudness.gain.setValueAtTime(0, second + flashSeconds);
  }
  // Draw color changes immediately, and a frame every 40 ms, for 25 frames per second.
  let isWhite = false;
  let drawnMs = 0;
  setInterval(() => {
    const { currentTime } = audio;
    const wasWhite = isWhite;
    isWhite = currentTime >= firstSecond && currentTime % 1 < flashSeconds;
    if (isWhite === wasWhite && performance.now() - drawnMs < 40) return;
    drawnMs = performance.now();
    context.fillStyle = isWhite ? '#fff' : '#000';
    context.fillRect(0, 0, canvas.width, canvas.height);
  }, 4);
  Object.assign(window, {
    mine: await window.conference.publishStream({ mediaStream, type: 'MIC_AND_CAM' }),
  });
}

/**
 * Plays the page's only view until it has seen and heard `pairs` flashes and beeps. Starts when the browser estimates them to
 * be in sync, at the latest after `settleMs`.
 */
export async function measureSkews({ pairs, settleMs }: { pairs: number; settleMs: number }): Promise<Skews> {
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const inSyncMs = 50;
  const [view] = window.views.values();
  if (!view) throw new Error('The page views nothing.');
  const video = document.createElement('video');
  document.body.append(video);
  view.attach(video);

  const pixel = Object.assign(document.createElement('canvas'), { width: 1, height: 1 });
  const context = pixel.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('This browser draws no canvas.');
  const flashesMs: number[] = [];
  const framesMs: number[] = [];
  let wasWhite = true;
  video.requestVideoFrameCallback(function look(_nowMs, { expectedDisplayTime }) {
    framesMs.push(expectedDisplayTime);
    context.drawImage(video, 0, 0, 1, 1);
    const isWhite = (context.getImageData(0, 0, 1, 1).data[1] ?? 0) > 127;
    if (isWhite && !wasWhite) flashesMs.push(expectedDisplayTime);
    wasWhite = isWhite;
    video.requestVideoFrameCallback(look);
  });

  const audio = new AudioContext();
  await audio.resume();
  const detector = `registerProcessor('beep-detector', class extends AudioWorkletProcessor {
    quiet = 0;
    turns = 0;
    process([[samples = []] = []]) {
      let beepSeconds;
      for (let at = 0; at < samples.length; at += 1) {
        const isLoud = Math.abs(samples[at]) > 0.1;
        if (isLoud && this.quiet > sampleRate / 4) beepSeconds = currentTime + at / sampleRate;
        this.quiet = isLoud ? 0 : this.quiet + 1;
      }
      this.turns += 1;
      if (beepSeconds !== undefined || this.turns % 16 === 0) this.port.postMessage({ currentTime, beepSeconds });
      return true;
    }
  });`;
  await audio.audioWorklet.addModule(URL.createObjectURL(new Blob([detector], { type: 'text/javascript' })));
  const listener = new AudioWorkletNode(audio, 'beep-detector');
  // Time a beep when it leaves the jitter buffer: Web Audio's path to the sound card is longer than an element's and not
  // part of a call. Messages can only be late, so the fastest one gives the clock offset.
  const clockOffsetsMs: number[] = [];
  listener.port.addEventListener(
    'message',
    ({ data }: MessageEvent<{ currentTime: number; beepSeconds?: number }>) => {
      clockOffsetsMs.push(performance.now() - data.currentTime * 1_000);
      if (clockOffsetsMs.length > 40) clockOffsetsMs.shift();
      if (data.beepSeconds !== undefined)
        beepsMs.push(data.beepSeconds * 1_000 + Math.min(...clockOffsetsMs));
    },
  );
  const beepsMs: number[] = [];
  listener.port.start();
  const silence = new GainNode(audio, { gain: 0 });
  audio
    .createMediaStreamSource(view.mediaStream)
    .connect(listener)
    .connect(silence)
    .connect(audio.destination);

  const estimate = async (): Promise<number | undefined> => {
    const playout: { audio?: number; video?: number } = {};
    for (const peer of window.probe.peerConnections()) {
      const report = await peer.getStats();
      for (const row of report.values() as Iterable<
        RTCInboundRtpStreamStats & { estimatedPlayoutTimestamp?: number }
      >) {
        if (row.type !== 'inbound-rtp' || row.estimatedPlayoutTimestamp === undefined) continue;
        if (row.kind === 'audio' || row.kind === 'video') playout[row.kind] = row.estimatedPlayoutTimestamp;
      }
    }
    const { audio, video } = playout;
    return audio === undefined || video === undefined ? undefined : audio - video;
  };

  // Browsers synchronize audio and video gradually, starting with the first sender reports.
  const settledMs = performance.now() + settleMs;
  while (performance.now() < settledMs && !(Math.abs((await estimate()) ?? Infinity) < inSyncMs))
    await pause(250);
  flashesMs.length = 0;
  framesMs.length = 0;
  beepsMs.length = 0;
  const estimatedMs: number[] = [];
  const deadlineMs = performance.now() + (pairs + 10) * 1_000;
  while (Math.min(flashesMs.length, beepsMs.length) < pairs && performance.now() < deadlineMs) {
    await pause(500);
    const one = await estimate();
    if (one !== undefined) estimatedMs.push(one);
  }
  // Pairs come once a second, so a flash and its beep are less than half a second apart.
  const seenMs = flashesMs.flatMap((flashMs) => {
    const distances = beepsMs.map((beepMs) => flashMs - beepMs);
    const nearest = distances.find((distanceMs) => Math.abs(distanceMs) < 500);
    return nearest === undefined ? [] : [nearest];
  });
  const gapsMs = framesMs.slice(1).map((frameMs, index) => frameMs - (framesMs[index] ?? frameMs));
  const frameMs = gapsMs.toSorted((a, b) => a - b)[Math.floor(gapsMs.length / 2)] ?? 0;
  return { seenMs, frameMs, estimatedMs };
}
