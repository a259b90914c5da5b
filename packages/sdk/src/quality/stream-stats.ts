/** Statistics of one connection for the interval between two reports. Ratios are 0 to 1. */
export interface StreamStats {
  /** The time between the reports, in milliseconds. */
  readonly durationMs: number;
  /** Round-trip time of the media if the other side reports it, else of the connectivity checks, in milliseconds. */
  readonly roundTripMs: number | undefined;
  /** The browser's estimate of the available bitrate; known to publishers only. */
  readonly availableOutgoingBitrateBps: number | undefined;
  /** Type of the ICE candidate in use: `host`, `srflx`, `prflx` or `relay`. */
  readonly localCandidateType: string | undefined;
  readonly remoteCandidateType: string | undefined;
  readonly media: readonly MediaStats[];
}

/** Statistics of one kind of media in one direction. Counts cover the interval, summed over simulcast layers. */
export interface MediaStats {
  readonly kind: 'audio' | 'video';
  readonly codec: string | undefined;
  readonly bitrateBps: number;
  readonly packets: number;
  readonly packetsLost: number;
  /** Lost packets by expected packets, 0 to 1. Undefined for a publisher whose server sends no reports. */
  readonly lossRatio: number | undefined;
  readonly jitterMs: number | undefined;
  readonly nackCount: number;
  readonly pliCount: number;
  /** Frames that a publisher encoded, or a viewer decoded. */
  readonly frames: number;
  /** Undefined for publishers in Firefox, which does not count them. */
  readonly keyFrames: number | undefined;
  /** Key frames since the connection began. */
  readonly keyFramesEver: number | undefined;
  /** Of the largest layer that was sent, like the size and the limitation. */
  readonly framesPerSecond: number | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly freezeCount: number;
  /** Average time that played media spent in the jitter buffer, in milliseconds. */
  readonly jitterBufferDelayMs: number | undefined;
  /** Why the encoder sends less than it could. Undefined in Firefox, which does not say. */
  readonly qualityLimitationReason: string | undefined;
  /** Share of the interval for each limitation reason, 0 to 1. Empty in Firefox. */
  readonly qualityLimitationRatios: Readonly<Record<string, number>>;
  /** The encoder's target for all layers together. Undefined in Firefox. */
  readonly targetBitrateBps: number | undefined;
  /** Audio level, 0 to 1, linear. */
  readonly audioLevel: number | undefined;
  /** The simulcast layers of a publisher. */
  readonly layers: readonly LayerStats[];
}

/** Statistics of one simulcast layer of a publisher. */
export interface LayerStats {
  readonly rid: string | undefined;
  /** Whether it was switched on during the whole interval; undefined where the browser does not say. */
  readonly isActive: boolean | undefined;
  readonly bitrateBps: number;
  readonly framesPerSecond: number | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
}

/** One entry of a report; browsers omit fields that they do not know. */
type Entry = Readonly<Record<string, unknown>>;
/** A report, as `getStats()` returns it or as it was recorded. */
export type StatsReport = ReadonlyMap<string, unknown>;

/** Compares two reports of one connection. Without `before`, counts cover the whole connection and there are no rates. */
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
  const sum = (name: string) => total(streams.map((entry) => delta(entry, name)));
  const [first] = streams;
  const isInbound = first?.['type'] === 'inbound-rtp';
  const packetsName = isInbound ? 'packetsReceived' : 'packetsSent';
  const packets = sum(packetsName);
  const remotesOf = (outgoing: readonly Entry[]) =>
    outgoing.map((entry) => byId(text(entry, 'remoteId'))).filter((remote) => remote !== undefined);
  const remotes = isInbound ? [] : remotesOf(streams);
  // Repaired packets can lower the counter.
  const lost = Math.max(
    0,
    total((isInbound ? streams : remotes).map((entry) => delta(entry, 'packetsLost'))),
  );
  const all = isInbound ? packets + lost : packets;
  // A layer that pauses keeps its last size and jitter.
  const flowing = streams.filter((entry) => delta(entry, packetsName) > 0);
  const present = flowing.length > 0 ? flowing : streams;
  const jitters = (isInbound ? present : remotesOf(present)).flatMap(
    (entry) => number(entry, 'jitter') ?? [],
  );
  const largest = present.toSorted(
    (one, other) => (number(other, 'frameHeight') ?? 0) - (number(one, 'frameHeight') ?? 0),
  )[0];
  const emitted = sum('jitterBufferEmittedCount');
  const targets = streams.flatMap((entry) => number(entry, 'targetBitrate') ?? []);
  const source = byId(text(first, 'mediaSourceId'));
  const keyFrames = isInbound ? 'keyFramesDecoded' : 'keyFramesEncoded';
  const keyFrameCounts = streams.flatMap((entry) => number(entry, keyFrames) ?? []);
  return {
    kind,
    codec: text(byId(text(first, 'codecId')), 'mimeType'),
    bitrateBps: total(streams.map((entry) => bitrateBps(entry, earlier))),
    packets,
    packetsLost: lost,
    lossRatio: isInbound || remotes.length > 0 ? (all > 0 ? Math.min(lost / all, 1) : 0) : undefined,
    jitterMs: jitters.length > 0 ? Math.max(...jitters) * 1_000 : undefined,
    nackCount: sum('nackCount'),
    pliCount: sum('pliCount'),
    frames: sum(isInbound ? 'framesDecoded' : 'framesEncoded'),
    keyFrames: keyFrameCounts.length > 0 ? sum(keyFrames) : undefined,
    keyFramesEver: keyFrameCounts.length > 0 ? total(keyFrameCounts) : undefined,
    framesPerSecond: number(largest, 'framesPerSecond'),
    width: number(largest, 'frameWidth'),
    height: number(largest, 'frameHeight'),
    freezeCount: sum('freezeCount'),
    jitterBufferDelayMs: emitted > 0 ? (sum('jitterBufferDelay') / emitted) * 1_000 : undefined,
    qualityLimitationReason: text(largest, 'qualityLimitationReason'),
    qualityLimitationRatios: limitationRatios(largest, earlier),
    targetBitrateBps: targets.length > 0 ? total(targets) : undefined,
    audioLevel: number(isInbound ? first : source, 'audioLevel'),
    layers: isInbound || kind === 'audio' ? [] : streams.map((entry) => layerStats(entry, earlier)),
  };
}

function layerStats(entry: Entry, earlier: ReadonlyMap<string | undefined, Entry>): LayerStats {
  return {
    rid: text(entry, 'rid'),
    isActive: isActive(entry, earlier),
    bitrateBps: bitrateBps(entry, earlier),
    framesPerSecond: number(entry, 'framesPerSecond'),
    width: number(entry, 'frameWidth'),
    height: number(entry, 'frameHeight'),
  };
}

function isActive(entry: Entry, earlier: ReadonlyMap<string | undefined, Entry>): boolean | undefined {
  const { active } = entry;
  if (typeof active !== 'boolean') return undefined;
  return active && earlier.get(text(entry, 'id'))?.['active'] !== false;
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

/** Returns how much a counter grew. A counter that was reset, for example by a reconnect, counts from zero. */
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

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
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
