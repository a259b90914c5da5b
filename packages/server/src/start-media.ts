import { randomUUID } from 'node:crypto';
import type { ParleyServerConfig } from './config/parley-server-config.ts';
import { createMediaRouter, type MediaRouterOptions } from './media/create-media-router.ts';
import type { MediaLog, MediaRouter } from './media/media-router.ts';
import { announceQuality } from './quality/announce-quality.ts';
import { requireFreeUdpPorts } from './require-free-udp-ports.ts';
import type { Conferencing, Foundation } from './start-conferencing.ts';
import { announceLayers } from './streams/announce-layers.ts';
import { Streams } from './streams/streams.ts';

/** Streams, and what is announced about their media. */
export interface Media {
  readonly mediaRouter: MediaRouter;
  readonly streams: Streams;
  readonly stopQuality: () => void;
}

/** Connects the conferences to `mediaRouter`. */
export function startMedia(
  { config, clock, limits, onError }: Foundation,
  { conferences, endpoints, outside }: Conferencing,
  mediaRouter: MediaRouter,
): Media {
  const newId = randomUUID;
  const streams = new Streams({
    conferences,
    mediaRouter,
    newId,
    onError,
    limits,
    ownsEndpoint: (actor, endpointId) => endpoints.owns(actor, endpointId),
  });
  announceLayers({
    conferences,
    mediaRouter,
    publications: streams.publications,
    outside,
    stamp: () => ({ nowMs: clock.now(), newId }),
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
  return { mediaRouter, streams, stopQuality };
}

/**
 * A media router on this machine, as the configuration asks for it. It listens on all interfaces even where the API listens
 * on loopback alone: Firefox never sends to 127.0.0.1, so a call on one machine goes over its network address. Its sockets
 * give nothing to a peer that has no answer from the API.
 *
 * @throws {@link ConfigError} (`ERR_CONFIG`) when a UDP port of `config.udpPort` is in use.
 */
export async function openMediaRouter(config: ParleyServerConfig, log: MediaLog): Promise<MediaRouter> {
  const { announcedAddress, mediaProcesses, packetDumpDir, udpPort } = config;
  const options: MediaRouterOptions = {
    ...(announcedAddress !== undefined && { announcedAddress }),
    ...(mediaProcesses !== undefined && { processes: mediaProcesses }),
    ...(udpPort !== undefined && { udpPort }),
    ...(packetDumpDir !== undefined && { packetDumpDir }),
    log,
  };
  await requireFreeUdpPorts(options);
  return createMediaRouter(options);
}
