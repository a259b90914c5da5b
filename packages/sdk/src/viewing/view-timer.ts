/** How long each step to a view took, in milliseconds. The steps follow each other; together they are the total. */
export interface ViewSteps {
  /** Making the connection and its offer. */
  readonly offerMs: number;
  /** From there to the server's answer. */
  readonly requestMs: number;
  /** Applying the answer. */
  readonly answerMs: number;
  /** Finding a path. */
  readonly iceMs: number;
  /** Agreeing on keys. */
  readonly dtlsMs: number;
  /** Waiting for the first frame, or the first sound of a stream without video; includes the time that it was paused. */
  readonly frameMs: number;
  /** From `viewStream()` to the first frame. */
  readonly totalMs: number;
}

/** When the steps were over that the viewing room has not seen, in milliseconds of `performance.now()`. */
export interface ViewMarks {
  readonly startedMs: number;
  readonly offeredMs: number;
  readonly answeredMs: number;
  readonly appliedMs: number;
}

/** Follows a connection from its answer to its first frame. */
export interface ViewTimer {
  /** The first frame is there. */
  finish(): ViewSteps;
  stop(): void;
}

const events = ['iceconnectionstatechange', 'connectionstatechange'];

/** What was reached before this was called counts as reached now: it cannot be known better. */
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
