import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MediaLog } from '../media-router.ts';
import type { CreateRtpTransport } from '../transport/rtp-transport.ts';
import { DumpFile, type DumpSummary } from './dump-file.ts';

/** Where and how much to dump. */
export interface PacketDumpOptions {
  readonly folder: string;
  readonly log: MediaLog;
  /** Size limit of a file. Default 50 MB. */
  readonly maxFileBytes?: number;
  /** Maximum number of dumps in the folder, older ones included. Default 40. */
  readonly maxFiles?: number;
  /** How often to read the folder. Default 2 seconds. */
  readonly intervalMs?: number;
}

/** The peer of a transport. */
export interface DumpedPeer {
  readonly streamKey: string;
  /** Absent for the publisher. */
  readonly viewerId?: string | undefined;
}

interface Tap {
  readonly peer: DumpedPeer;
  file: DumpFile | undefined;
  /** A file that ended on its own is not started again while its request remains. */
  hasEnded: boolean;
}

const extension = '.pcapng';
/** An entry with this name requests every peer. */
const everyPeer = 'all';
const longestKey = 120;
const longestViewer = 60;

/**
 * Writes the decrypted packets of chosen peers to files that Wireshark opens. The folder is the switch, so that it
 * works during calls: an entry named after a conference, a stream or a viewer (or a part of its id) starts the dump of
 * every matching peer, and removing the entry stops it.
 */
export class PacketDump {
  readonly #options: PacketDumpOptions;
  readonly #taps = new Set<Tap>();
  /** Includes files that are still being written after their peer is gone. */
  readonly #files = new Set<DumpFile>();
  readonly #timer: NodeJS.Timeout;
  #requests: readonly string[] = [];
  #fileCount = 0;
  #hasRefused = false;

  constructor(options: PacketDumpOptions) {
    this.#options = options;
    const { folder, log, intervalMs = 2_000 } = options;
    const advice = `create an empty file in it, named "${everyPeer}" or like a conference, stream or viewer`;
    log('warn', 'Packet dumps are enabled: media can be written to disk unencrypted', { folder, advice });
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
    } catch (error) {
      log('error', 'The folder for packet dumps cannot be created', { folder, err: error });
    }
    this.#readFolder();
    this.#timer = setInterval(() => this.#readFolder(), intervalMs).unref();
  }

  /** Wraps `create`, so that the packets of its transports can be dumped. */
  tap(create: CreateRtpTransport, peer: DumpedPeer): CreateRtpTransport {
    return (events) => {
      const tap: Tap = { peer, file: undefined, hasEnded: false };
      const transport = create({
        onPacket: (packet) => {
          tap.file?.write(packet, 'in');
          events.onPacket(packet);
        },
        onStateChange: events.onStateChange,
      });
      this.#taps.add(tap);
      this.#update(tap);
      return {
        open: (remote) => transport.open(remote),
        addCandidate: (candidate) => transport.addCandidate(candidate),
        send: (packet) => {
          const isSent = transport.send(packet);
          if (isSent) tap.file?.write(packet, 'out');
          return isSent;
        },
        close: () => {
          transport.close();
          this.#taps.delete(tap);
          void tap.file?.close();
        },
      };
    };
  }

  /** Closes all files; resolves when they are written. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#requests = [];
    this.#taps.clear();
    await Promise.all([...this.#files].map((file) => file.close()));
  }

  /** Synchronous, so that a listing is never older than the started files. */
  #readFolder(): void {
    const { folder } = this.#options;
    this.#requests = namesIn(folder).filter((name) => !name.endsWith(extension));
    this.#fileCount = filesIn(folder).length;
    if (this.#requests.length === 0) this.#hasRefused = false;
    for (const tap of this.#taps) this.#update(tap);
  }

  #update(tap: Tap): void {
    const { streamKey, viewerId = '' } = tap.peer;
    const isRequested = this.#requests.some(
      (name) => name === everyPeer || streamKey.includes(name) || viewerId.includes(name),
    );
    if (!isRequested) {
      void tap.file?.close();
      tap.file = undefined;
      tap.hasEnded = false;
    } else if (!tap.file && !tap.hasEnded && this.#hasRoom()) {
      this.#begin(tap);
    }
  }

  #hasRoom(): boolean {
    const { folder, log, maxFiles = 40 } = this.#options;
    // Other media processes write into the same folder, so count again before each file until it is full.
    if (this.#fileCount < maxFiles) this.#fileCount = filesIn(folder).length;
    if (this.#fileCount < maxFiles) return true;
    if (!this.#hasRefused) {
      log('warn', 'No further packet is dumped: the folder is full, remove some files', { folder, maxFiles });
    }
    this.#hasRefused = true;
    return false;
  }

  #begin(tap: Tap): void {
    const { folder, log, maxFileBytes = 50_000_000 } = this.#options;
    const path = join(folder, fileNameOf(tap.peer, new Date()));
    const report = ({ error, ...summary }: DumpSummary): void => {
      if (file) this.#files.delete(file);
      if (tap.file === file) {
        tap.file = undefined;
        tap.hasEnded = true;
      }
      if (error === undefined) log('warn', 'Packet dump ended', { path, ...summary });
      else log('error', 'A packet dump cannot be written', { path, ...summary, err: error });
    };
    const comment = commentOn(tap.peer);
    let file: DumpFile | undefined;
    try {
      file = new DumpFile({ path, comment, maxBytes: maxFileBytes, onEnd: report });
    } catch (error) {
      tap.hasEnded = true;
      log('error', 'A packet dump cannot be written', { path, err: error });
      return;
    }
    tap.file = file;
    this.#files.add(file);
    log('warn', 'Packet dump began: media are written to disk unencrypted', { path });
  }
}

/** Empty if the folder cannot be read: someone may have removed it to stop all dumps. */
function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The dumps of all media processes. */
function filesIn(folder: string): readonly string[] {
  return namesIn(folder).filter((name) => name.endsWith(extension));
}

/** `<conference>-<stream>-<viewer or publisher>-<time>.pcapng`; any other characters become hyphens. */
function fileNameOf({ streamKey, viewerId = 'publisher' }: DumpedPeer, at: Date): string {
  const key = nameOf(streamKey).slice(0, longestKey);
  const viewer = nameOf(viewerId).slice(0, longestViewer);
  return `${key}-${viewer}-${at.toISOString().replaceAll(/[-:.]/g, '')}${extension}`;
}

function nameOf(id: string): string {
  return id.replaceAll(/[^\w.]+/g, '-').replaceAll(/^-|-$/g, '');
}

function commentOn({ streamKey, viewerId }: DumpedPeer): string {
  const peer = viewerId === undefined ? 'its publisher' : `viewer ${viewerId}`;
  return (
    `Decrypted packets between the router (192.0.2.1) and ${peer} (192.0.2.2), stream ${streamKey}. ` +
    'Addresses and ports are made up: UDP port 5004 is RTP, 5005 is RTCP.'
  );
}
