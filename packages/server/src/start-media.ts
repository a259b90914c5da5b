import { randomUUID } from 'node:crypto';
import { ConfigError } from './config-error.ts';
import type { ParleyServerConfig } from './config/parley-server-config.ts';
import { createMediaRouter, type MediaRouterOptions } from './media/create-media-router.ts';
import type { MediaLog, MediaRouter } from './media/media-router.ts';
import { announceQuality } from './quality/announce-quality.ts';
import { RecordingAccess } from './recordings/recording-access.ts';
import { RecordingArchive } from './recordings/recording-archive.ts';
import { Recordings } from './recordings/recordings.ts';
import { requireFreeUdpPorts } from './require-free-udp-ports.ts';
import type { Conferencing, Foundation } from './start-conferencing.ts';
import { announceLayers } from './streams/announce-layers.ts';
import { MoveStreams } from './streams/move-streams.ts';
import { restoreViews } from './streams/restore-views.ts';
import { StreamClaims } from './streams/stream-claims.ts';
import { Streams } from './streams/streams.ts';

/** Streams, and what is announced about their media. */
export interface Media {
  readonly mediaRouter: MediaRouter;
  readonly streams: Streams;
  /** Moves the streams of this node to others; undefined without others. */
  readonly moving: MoveStreams | undefined;
  readonly recordings: Recordings;
  readonly recordingAccess: RecordingAccess;
  /** Undefined if this server does not record. */
  readonly archive: RecordingArchive | undefined;
  readonly stopQuality: () => void;
}

/** Connects the conferences to `mediaRouter`. Without an archive, nothing is recorded. */
export function startMedia(
  { config, clock, limits, onError, storage }: Foundation,
  { conferences, endpoints, outside, standings }: Conferencing,
  mediaRouter: MediaRouter,
  archive?: RecordingArchive,
): Media {
  const newId = randomUUID;
  const claims = storage.shared && new StreamClaims(storage.shared.cluster.owners, onError);
  const streams = new Streams({
    conferences,
    mediaRouter,
    newId,
    onError,
    limits,
    sharesLinks: config.sharesLinks,
    ownsEndpoint: (actor, endpointId) => endpoints.owns(actor, endpointId),
    viewerIds: storage.shared?.cluster.viewerIds,
    claims,
  });
  const announcing = {
    conferences,
    publications: streams.publications,
    outside,
    stamp: () => ({ nowMs: clock.now(), newId }),
    onError,
  };
  announceLayers({ ...announcing, mediaRouter });
  restoreViews({ ...announcing, mediaRouter });
  const moving = claims && new MoveStreams({ ...announcing, claims });
  const recordings = new Recordings({
    conferences,
    publications: streams.publications,
    mediaRouter,
    archive,
    clock,
    newId,
    onError,
  });
  const stopQuality = announceQuality({
    clock,
    intervalMs: config.qualityIntervalMs ?? 10_000,
    facts: () => mediaRouter.facts(),
    ownerOf: (facts) => streams.ownerOf(facts),
    find: (conferenceId) => conferences.find(conferenceId),
    outside,
    newId,
    onError,
  });
  const recordingAccess = new RecordingAccess(archive, (conferenceId, actor) =>
    standings.of(conferenceId, actor),
  );
  return { mediaRouter, streams, moving, recordings, recordingAccess, archive, stopQuality };
}

const defaultRecordingMaxBytes = 50 * 1024 ** 3;

/**
 * The folder of recordings, with those that a killed process left in it completed; undefined if none is configured.
 *
 * @throws {@link ConfigError} (`ERR_CONFIG`) when the folder cannot be used.
 */
export async function openRecordings({ config, onError }: Foundation): Promise<RecordingArchive | undefined> {
  const { recordingDir: folder, recordingMaxBytes: maxBytes, recordingRetentionMs: retentionMs } = config;
  if (folder === undefined) return undefined;
  try {
    const options = { folder, maxBytes: maxBytes ?? defaultRecordingMaxBytes, retentionMs, onError };
    return await RecordingArchive.open(options);
  } catch (error) {
    const { message } = error as Error;
    throw new ConfigError(
      `PARLEY_RECORDING_DIR is "${folder}", which cannot be used: ${message}. Choose a folder that the server may write to.`,
    );
  }
}

/**
 * A media router on this machine, as the configuration asks for it. It listens on all interfaces even where the API listens
 * on loopback alone: Firefox never sends to 127.0.0.1, so a call on one machine goes over its network address. Its sockets
 * give nothing to a peer that has no answer from the API.
 *
 * @throws {@link ConfigError} (`ERR_CONFIG`) when a UDP port of `config.udpPort` is in use.
 */
export async function openMediaRouter(config: ParleyServerConfig, log: MediaLog): Promise<MediaRouter> {
  const { announcedAddress, mediaProcesses, packetDumpDir, transport, udpPort } = config;
  const options: MediaRouterOptions = {
    ...(announcedAddress !== undefined && { announcedAddress }),
    ...(mediaProcesses !== undefined && { processes: mediaProcesses }),
    ...(udpPort !== undefined && { udpPort }),
    ...(transport !== undefined && { transport }),
    ...(packetDumpDir !== undefined && { packetDumpDir }),
    log,
  };
  await requireFreeUdpPorts(options);
  return createMediaRouter(options);
}
