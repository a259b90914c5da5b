/** What a connection has carried so far. */
export interface Carried {
  readonly direction: 'publish' | 'view';
  readonly kinds: readonly ('audio' | 'video')[];
  /** For how long media have flowed, in milliseconds. */
  readonly flowedMs: number;
  readonly audioLevel: number;
}

const perSecond = { audio: { packets: 50, bytes: 4_000 }, video: { packets: 120, bytes: 125_000 } };
const framesPerSecond = 30;
const roundTripS = 0.03;

/** The report of a good connection, as `getStats()` of a browser returns it. */
export function statsOf({ direction, kinds, flowedMs, audioLevel }: Carried): Map<string, unknown> {
  const timestamp = performance.timeOrigin + performance.now();
  const flowedS = flowedMs / 1000;
  const entries: { readonly id: string; readonly [name: string]: unknown }[] = [
    {
      id: 'pair',
      type: 'candidate-pair',
      nominated: true,
      currentRoundTripTime: roundTripS,
      availableOutgoingBitrate: 5_000_000,
    },
  ];
  for (const kind of kinds) {
    const { packets, bytes } = perSecond[kind];
    const isView = direction === 'view';
    const frames = Math.floor(flowedS * framesPerSecond);
    const video = {
      frameWidth: 1280,
      frameHeight: 720,
      framesPerSecond,
      [isView ? 'framesDecoded' : 'framesEncoded']: frames,
      [isView ? 'keyFramesDecoded' : 'keyFramesEncoded']: Math.min(1, frames),
      ...(isView && { framesReceived: frames, freezeCount: 0, totalFreezesDuration: 0 }),
    };
    entries.push({
      id: kind,
      type: isView ? 'inbound-rtp' : 'outbound-rtp',
      kind,
      timestamp,
      [isView ? 'packetsReceived' : 'packetsSent']: Math.floor(flowedS * packets),
      [isView ? 'bytesReceived' : 'bytesSent']: Math.floor(flowedS * bytes),
      ...(isView ? { packetsLost: 0, jitter: 0.004 } : { remoteId: `remote-${kind}`, active: true }),
      ...(kind === 'video' ? video : isView && { audioLevel }),
    });
    if (isView) continue;
    if (kind === 'audio') entries.push({ id: 'source', type: 'media-source', kind, timestamp, audioLevel });
    entries.push({
      id: `remote-${kind}`,
      type: 'remote-inbound-rtp',
      kind,
      timestamp,
      packetsLost: 0,
      jitter: 0.004,
      roundTripTime: roundTripS,
    });
  }
  return new Map(entries.map((entry) => [entry.id, { timestamp, ...entry }]));
}
