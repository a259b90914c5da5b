/** What two statistics reports of one peer connection say about the time between them. Ratios are 0 to 1. */
export interface StreamStats {
  /** The time between the reports, in milliseconds. */
  readonly durationMs: number;
  /** Of the media where the other side reports it, else of the connectivity checks. */
  readonly roundTripMs: number | undefined;
  /** What the browser believes it may send; known to publishers. */
  readonly availableOutgoingBitrateBps: number | undefined;
  /** How the media goes: `host`, `srflx`, `prflx` or `relay`, here and at the server. */
  readonly localCandidateType: string | undefined;
  readonly remoteCandidateType: string | undefined;
  readonly media: readonly MediaStats[];
}

/** One kind of media in one direction. Counts are those of the interval; of simulcast layers, their sum. */
export interface MediaStats {
  readonly kind: 'audio' | 'video';
  readonly codec: string | undefined;
  readonly bitrateBps: number;
  readonly packets: number;
  readonly packetsLost: number;
  /** Undefined for a publisher whose server reports nothing. */
  readonly lossRatio: number | undefined;
  readonly jitterMs: number | undefined;
  readonly nackCount: number;
  readonly pliCount: number;
  /** Encoded by a publisher, decoded by a viewer. */
  readonly frames: number;
  readonly keyFrames: number;
  /** Key frames since the connection began. */
  readonly keyFramesEver: number;
  readonly framesPerSecond: number | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly freezeCount: number;
  /** Average time that what was played has waited for, in milliseconds. */
  readonly jitterBufferDelayMs: number | undefined;
  readonly qualityLimitationReason: string | undefined;
  /** Seconds of the interval by reason, as shares of it. */
  readonly qualityLimitationRatios: Readonly<Record<string, number>>;
  /** What the encoder aims at, of all layers together. */
  readonly targetBitrateBps: number | undefined;
  /** 0 to 1, linear. */
  readonly audioLevel: number | undefined;
  /** The simulcast layers of a publisher. */
  readonly layers: readonly LayerStats[];
}

/** One simulcast layer of a publisher. */
export interface LayerStats {
  readonly rid: string | undefined;
  readonly isActive: boolean;
  readonly bitrateBps: number;
  readonly framesPerSecond: number | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
}

/** One entry of a report; browsers leave out what they do not know. */
type Entry = Readonly<Record<string, unknown>>;
/** A report, as `getStats()` gives it or as it was recorded. */
export type StatsReport = ReadonlyMap<string, unknown>;

/** What happened between two reports of one connection, the earlier first. Without an earlier one: counts since it began, no rates. */
export function statsBetween(before: StatsReport | undefined, after: StatsReport): StreamStats {
  const entries = entriesOf(after);
  const earlier = new Map(before && entriesOf(before).map((entry) => [text(entry, 'id'), entry]));
  const transport = entries.find((entry) => entry['type'] === 'transport');
  const chosen = text(transport, 'selectedCandidatePairId');
  const pair = entries.find((entry) =>
    chosen === undefined
      ? entry['type'] === 'candidate-pair' && entry['nominated'] === true
      : entry['id'] === chosen,
  );
  const byId = (id: string | undefined) => entries.find((entry) => id !== undefined && entry['id'] === id);
  const media = (['audio', 'video'] as const).flatMap((kind) => {
    const streams = entries.filter(
      (entry) =>
        (entry['type'] === 'inbound-rtp' || entry['type'] === 'outbound-rtp') && entry['kind'] === kind,
    );
    return streams.length > 0 ? [mediaStats(kind, streams, earlier, byId)] : [];
  });
  const reported = entries
    .filter((entry) => entry['type'] === 'remote-inbound-rtp')
    .flatMap((entry) => number(entry, 'roundTripTime') ?? []);
  const roundTripS = reported.length > 0 ? Math.max(...reported) : number(pair, 'currentRoundTripTime');
  return {
    durationMs: Math.max(0, ...entries.map((entry) => elapsedMs(entry, earlier))),
    roundTripMs: roundTripS === undefined ? undefined : roundTripS * 1_000,
    availableOutgoingBitrateBps: number(pair, 'availableOutgoingBitrate'),
    localCandidateType: text(byId(text(pair, 'localCandidateId')), 'candidateType'),
    remoteCandidateType: text(byId(text(pair, 'remoteCandidateId')), 'candidateType'),
    media,
  };
}

function mediaStats(
  kind: 'audio' | 'video',
  streams: readonly Entry[],
  earlier: ReadonlyMap<string | undefined, Entry>,
  byId: (id: string | undefined) => Entry | undefined,
): MediaStats {
  const delta = (entry: Entry | undefined, name: string) => growth(entry, earlier, name);
  const sum = (name: string) => streams.reduce((total, entry) => total + delta(entry, name), 0);
  const [first] = streams;
  const isInbound = first?.['type'] === 'inbound-rtp';
  const packets = sum(isInbound ? 'packetsReceived' : 'packetsSent');
  const remotes = isInbound
    ? []
    : streams.map((entry) => byId(text(entry, 'remoteId'))).filter((remote) => remote !== undefined);
  // Repaired packets can make it fall.
  const lost = Math.max(
    0,
    (isInbound ? streams : remotes).reduce((total, entry) => total + delta(entry, 'packetsLost'), 0),
  );
  const all = isInbound ? packets + lost : packets;
  const jitters = (isInbound ? streams : remotes).flatMap((entry) => number(entry, 'jitter') ?? []);
  const largest = streams.toSorted(
    (one, other) => (number(other, 'frameHeight') ?? 0) - (number(one, 'frameHeight') ?? 0),
  )[0];
  const emitted = sum('jitterBufferEmittedCount');
  const targets = streams.flatMap((entry) => number(entry, 'targetBitrate') ?? []);
  const source = byId(text(first, 'mediaSourceId'));
  const keyFrames = isInbound ? 'keyFramesDecoded' : 'keyFramesEncoded';
  return {
    kind,
    codec: text(byId(text(first, 'codecId')), 'mimeType'),
    bitrateBps: streams.reduce((total, entry) => total + bitrateBps(entry, earlier), 0),
    packets,
    packetsLost: lost,
    lossRatio: isInbound || remotes.length > 0 ? (all > 0 ? Math.min(lost / all, 1) : 0) : undefined,
    jitterMs: jitters.length > 0 ? Math.max(...jitters) * 1_000 : undefined,
    nackCount: sum('nackCount'),
    pliCount: sum('pliCount'),
    frames: sum(isInbound ? 'framesDecoded' : 'framesEncoded'),
    keyFrames: sum(keyFrames),
    keyFramesEver: streams.reduce((total, entry) => total + (number(entry, keyFrames) ?? 0), 0),
    framesPerSecond: number(largest, 'framesPerSecond'),
    width: number(largest, 'frameWidth'),
    height: number(largest, 'frameHeight'),
    freezeCount: sum('freezeCount'),
    jitterBufferDelayMs: emitted > 0 ? (sum('jitterBufferDelay') / emitted) * 1_000 : undefined,
    qualityLimitationReason: text(largest, 'qualityLimitationReason'),
    qualityLimitationRatios: limitationRatios(largest, earlier),
    targetBitrateBps: targets.length > 0 ? targets.reduce((total, one) => total + one, 0) : undefined,
    audioLevel: number(isInbound ? first : source, 'audioLevel'),
    layers: isInbound || kind === 'audio' ? [] : streams.map((entry) => layerStats(entry, earlier)),
  };
}

function layerStats(entry: Entry, earlier: ReadonlyMap<string | undefined, Entry>): LayerStats {
  return {
    rid: text(entry, 'rid'),
    isActive: entry['active'] !== false,
    bitrateBps: bitrateBps(entry, earlier),
    framesPerSecond: number(entry, 'framesPerSecond'),
    width: number(entry, 'frameWidth'),
    height: number(entry, 'frameHeight'),
  };
}

function bitrateBps(entry: Entry, earlier: ReadonlyMap<string | undefined, Entry>): number {
  const bytes =
    growth(entry, earlier, 'bytesReceived') +
    growth(entry, earlier, 'bytesSent') -
    growth(entry, earlier, 'retransmittedBytesSent');
  const durationMs = elapsedMs(entry, earlier);
  return durationMs > 0 ? Math.max(0, (bytes * 8_000) / durationMs) : 0;
}

function limitationRatios(
  entry: Entry | undefined,
  earlier: ReadonlyMap<string | undefined, Entry>,
): Readonly<Record<string, number>> {
  const spent = entry?.['qualityLimitationDurations'];
  const durationMs = entry ? elapsedMs(entry, earlier) : 0;
  if (!isEntry(spent) || durationMs <= 0) return {};
  const spentBefore = earlier.get(text(entry, 'id'))?.['qualityLimitationDurations'];
  return Object.fromEntries(
    Object.keys(spent).map((reason) => {
      const grown =
        (number(spent, reason) ?? 0) - (number(isEntry(spentBefore) ? spentBefore : undefined, reason) ?? 0);
      return [reason, Math.min(Math.max((grown * 1_000) / durationMs, 0), 1)];
    }),
  );
}

/** How much a counter grew; one that starts anew, as after a reconnection, counts from zero. */
function growth(
  entry: Entry | undefined,
  earlier: ReadonlyMap<string | undefined, Entry>,
  name: string,
): number {
  const now = number(entry, name) ?? 0;
  const then = number(earlier.get(text(entry, 'id')), name) ?? 0;
  return name !== 'packetsLost' && now < then ? now : now - then;
}

function elapsedMs(entry: Entry, earlier: ReadonlyMap<string | undefined, Entry>): number {
  const now = number(entry, 'timestamp');
  const then = number(earlier.get(text(entry, 'id')), 'timestamp');
  return now !== undefined && then !== undefined ? Math.max(now - then, 0) : 0;
}

function entriesOf(report: StatsReport): Entry[] {
  return [...report.values()].filter(isEntry);
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null;
}

function number(entry: Entry | undefined, name: string): number | undefined {
  const value = entry?.[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function text(entry: Entry | undefined, name: string): string | undefined {
  const value = entry?.[name];
  return typeof value === 'string' ? value : undefined;
}
