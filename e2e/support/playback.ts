/** How a page played its only view for some seconds. */
export interface Playback {
  readonly frames: number;
  /** Longest time between two shown frames, or from the last one to the end of the measurement. */
  readonly longestGapMs: number;
  /** Longest time for which the page itself was blocked, for example by a busy machine and not by the network. */
  readonly longestStallMs: number;
  /** Share of samples (one every 25 ms) in which the tone was the loudest frequency, 0 to 1. */
  readonly toneRatio: number;
  /** Share of audio that was concealed because of loss, 0 to 1. */
  readonly concealedRatio: number;
  readonly audioPackets: number;
  readonly audioPacketsLost: number;
  readonly videoPackets: number;
  /** Retransmission requests that the page sent. */
  readonly nacks: number;
  readonly keyFrames: number;
  readonly freezes: number;
}

interface PlaybackOptions {
  readonly toneHz: number;
  readonly settleMs: number;
  readonly durationMs: number;
}

/**
 * Plays the page's only view, waits `settleMs` after its first frame, and measures for `durationMs`. Passed to the browser as
 * text, so it must not use anything outside itself.
 */
export async function measurePlayback({ toneHz, settleMs, durationMs }: PlaybackOptions): Promise<Playback> {
  const momentIntervalMs = 25;
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  const [view] = window.views.values();
  if (!view) throw new Error('The page views nothing.');
  const video = Object.assign(document.createElement('video'), { muted: true });
  document.body.append(video);
  view.attach(video);
  const shownMs: number[] = [];
  await new Promise<void>((resolve) => {
    const note = (nowMs: number): void => {
      shownMs.push(nowMs);
      resolve();
      video.requestVideoFrameCallback(note);
    };
    video.requestVideoFrameCallback(note);
  });

  const audio = new AudioContext();
  const analyser = new AnalyserNode(audio, { fftSize: 2_048, smoothingTimeConstant: 0 });
  audio.createMediaStreamSource(view.mediaStream).connect(analyser);
  const levels = new Float32Array(analyser.frequencyBinCount);
  const binHz = audio.sampleRate / analyser.fftSize;
  const hearsTone = (): boolean => {
    analyser.getFloatFrequencyData(levels);
    const loudest = levels.reduce(
      (best, level, bin) => (level > (levels[best] ?? -Infinity) ? bin : best),
      0,
    );
    return (levels[loudest] ?? -Infinity) > -50 && Math.abs(loudest * binHz - toneHz) < 2 * binHz;
  };

  interface Counts {
    samples: number;
    concealed: number;
    audioPackets: number;
    audioPacketsLost: number;
    videoPackets: number;
    nacks: number;
    keyFrames: number;
    freezes: number;
  }
  const count = async (): Promise<Counts> => {
    const counts: Counts = {
      samples: 0,
      concealed: 0,
      audioPackets: 0,
      audioPacketsLost: 0,
      videoPackets: 0,
      nacks: 0,
      keyFrames: 0,
      freezes: 0,
    };
    for (const peer of window.probe.peerConnections()) {
      if (peer.connectionState === 'closed') continue;
      const report = await peer.getStats();
      for (const row of report.values() as Iterable<RTCInboundRtpStreamStats & { freezeCount?: number }>) {
        if (row.type !== 'inbound-rtp') continue;
        counts.samples += row.totalSamplesReceived ?? 0;
        counts.concealed += row.concealedSamples ?? 0;
        counts.nacks += row.nackCount ?? 0;
        counts.keyFrames += row.keyFramesDecoded ?? 0;
        counts.freezes += row.freezeCount ?? 0;
        if (row.kind === 'video') counts.videoPackets += row.packetsReceived ?? 0;
        else {
          counts.audioPackets += row.packetsReceived ?? 0;
          counts.audioPacketsLost += row.packetsLost ?? 0;
        }
      }
    }
    return counts;
  };

  await pause(settleMs);
  const before = await count();
  const startMs = performance.now();
  const endMs = startMs + durationMs;
  let momentMs = startMs;
  let longestStallMs = 0;
  let moments = 0;
  let momentsWithTone = 0;
  while (performance.now() < endMs) {
    moments += 1;
    if (hearsTone()) momentsWithTone += 1;
    await pause(momentIntervalMs);
    longestStallMs = Math.max(longestStallMs, performance.now() - momentMs - momentIntervalMs);
    momentMs = performance.now();
  }
  const after = await count();
  await audio.close();

  const frames = shownMs.filter((ms) => ms >= startMs && ms <= endMs);
  const gaps = [...frames, endMs].map((ms, index) => ms - (frames[index - 1] ?? startMs));
  return {
    frames: frames.length,
    longestGapMs: Math.max(...gaps),
    longestStallMs,
    toneRatio: momentsWithTone / moments,
    concealedRatio: (after.concealed - before.concealed) / (after.samples - before.samples),
    audioPackets: after.audioPackets - before.audioPackets,
    audioPacketsLost: after.audioPacketsLost - before.audioPacketsLost,
    videoPackets: after.videoPackets - before.videoPackets,
    nacks: after.nacks - before.nacks,
    keyFrames: after.keyFrames - before.keyFrames,
    freezes: after.freezes - before.freezes,
  };
}

/** The longest time for which the page was blocked within `durationMs`. Also passed to the browser as text. */
export async function measureStall(durationMs: number): Promise<number> {
  const intervalMs = 25;
  const endMs = performance.now() + durationMs;
  let longestMs = 0;
  for (let momentMs = performance.now(); momentMs < endMs; momentMs = performance.now()) {
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
    longestMs = Math.max(longestMs, performance.now() - momentMs - intervalMs);
  }
  return longestMs;
}
