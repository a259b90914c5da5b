/** How long each step of opening a view took, in milliseconds. The steps run in order and add up to the total. */
export interface ViewSteps {
  /** Creating the connection and its offer. */
  readonly offerMs: number;
  /** From the offer to the server's answer. */
  readonly requestMs: number;
  /** Applying the answer. */
  readonly answerMs: number;
  /** Finding a path (ICE). */
  readonly iceMs: number;
  /** Agreeing on keys (DTLS). */
  readonly dtlsMs: number;
  /** Waiting for the first frame, or the first audio of a stream without video; includes time while paused. */
  readonly frameMs: number;
  /** From `viewStream()` to the first frame. */
  readonly totalMs: number;
}

/** When the steps before this timer ended, in milliseconds of `performance.now()`. */
export interface ViewMarks {
  readonly startedMs: number;
  readonly offeredMs: number;
  readonly answeredMs: number;
  readonly appliedMs: number;
}

/** Follows a connection from its answer to its first frame. */
export interface ViewTimer {
  /** Call this at the first frame. */
  finish(): ViewSteps;
  stop(): void;
}

const events = ['iceconnectionstatechange', 'connectionstatechange'];

/** Starts timing. A state that was reached earlier counts as reached now, because nothing recorded it. */
export function timeView(peer: RTCPeerConnection, marks: ViewMarks): ViewTimer {
  const { startedMs, offeredMs, answeredMs, appliedMs } = marks;
  let foundMs: number | undefined;
  let securedMs: number | undefined;
  const look = () => {
    const nowMs = performance.now();
    if (['connected', 'completed'].includes(peer.iceConnectionState)) foundMs ??= nowMs;
    if (peer.connectionState === 'connected') securedMs ??= nowMs;
  };
  const stop = () => {
    for (const event of events) peer.removeEventListener(event, look);
  };
  for (const event of events) peer.addEventListener(event, look);
  look();
  return {
    stop,
    finish: () => {
      stop();
      const nowMs = performance.now();
      const dtlsAtMs = securedMs ?? nowMs;
      const iceAtMs = Math.min(foundMs ?? dtlsAtMs, dtlsAtMs);
      return {
        offerMs: offeredMs - startedMs,
        requestMs: answeredMs - offeredMs,
        answerMs: appliedMs - answeredMs,
        iceMs: iceAtMs - appliedMs,
        dtlsMs: dtlsAtMs - iceAtMs,
        frameMs: nowMs - dtlsAtMs,
        totalMs: nowMs - startedMs,
      };
    },
  };
}
