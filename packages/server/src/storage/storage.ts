import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { EventLog } from '../event-log/event-log.ts';
import type { MessageLog } from '../event-log/message-log.ts';
import type { Sharing } from '../event-log/sharing.ts';
import type { Records } from './records.ts';

/** What is stored besides the conferences; each name is a table of the data folder, except `visitors`. */
export type RecordsName =
  | 'signing_keys'
  | 'refresh_tokens'
  | 'tickets'
  | 'user_endpoints'
  | 'revocations'
  | 'standings'
  | 'waiting'
  | 'visitors';

/** What a process shares with others that use the same storage. */
interface SharedStorage {
  readonly sharing: Sharing;
  readonly cluster: Cluster;
  /** Creates counts for rate limits. While the engine is away, each process counts alone. */
  readonly counts: (options: {
    readonly points: number;
    readonly duration: number;
    readonly keyPrefix: string;
  }) => RateLimiterAbstract;
  /** To be called once everything listens: drops what was kept for listeners. */
  readonly started: () => void;
}

/** Nodes that share an engine, and which of them has which stream. */
export interface Cluster {
  /** A secret of all nodes, with which they sign requests to each other. */
  readonly secret: string;
  /** Names this node, from its start or its last replacement on. */
  readonly incarnation: () => string;
  /** The URL of a node; undefined if it is gone. */
  readonly urlOf: (incarnation: string) => Promise<string | undefined>;
  /** Tells all nodes that this one is about to leave, so that they take its streams over. */
  drain(): Promise<void>;
  /** Whether a node is about to leave, as the engine says now. */
  readonly isDraining: (incarnation: string) => Promise<boolean>;
  /** The other nodes that stay, as the engine says now. */
  readonly others: () => Promise<readonly OtherNode[]>;
  /** Tells the other nodes regularly how much this one carries. */
  reportLoad(load: () => number): void;
  readonly owners: StreamOwners;
  readonly viewerIds: ViewerIds;
  /** Calls `listener` regularly with the streams of nodes that are gone, while this node can judge that. */
  onOrphans(listener: (streams: readonly OrphanedStream[]) => Promise<void>): void;
  /** Ends this node's part, so that others need not wait until they notice. */
  leave(): Promise<void>;
}

/** Another node that can take streams. */
export interface OtherNode {
  readonly url: string;
  /** How many media connections it had when it last said so. */
  readonly load: number;
}

/** A stream whose node is gone. */
interface OrphanedStream {
  readonly streamKey: string;
  readonly incarnation: string;
}

/** Which node receives the media of which stream. */
export interface StreamOwners {
  /** Takes a stream for this node. False if another node that is not dead has it. */
  claim(streamKey: string): Promise<boolean>;
  /** Takes a stream over for this node. False if another node has it that is neither dead nor about to leave. */
  takeOver(streamKey: string): Promise<boolean>;
  /** Calls `listener` with each stream of this node that another one takes over. */
  onTakenOver(listener: (streamKey: string) => void): void;
  /** Gives up a stream of this node, or that of `owner`. */
  release(streamKey: string, owner?: string): Promise<void>;
  /** The incarnation that has a stream. */
  of(streamKey: string): string | undefined;
  isOwn(streamKey: string): boolean;
}

/** A viewer id with the stream and the user of its view. */
export interface ViewClaim {
  readonly conferenceId: string;
  readonly viewerId: string;
  readonly streamKey: string;
  readonly userKey: string;
}

/** Which viewer id of a conference is in use for which stream. */
export interface ViewerIds {
  /** Takes a viewer id. Returns who has it instead, if that is a view of another stream that is still published. */
  claim(claim: ViewClaim): Promise<Pick<ViewClaim, 'streamKey' | 'userKey'> | undefined>;
  /** Gives up a viewer id. */
  release(claim: ViewClaim): Promise<void>;
}

/** All data that a server stores. */
export interface Storage {
  readonly log: EventLog;
  readonly messages: MessageLog;
  /** What this process shares with others; undefined where it has the storage to itself. */
  readonly shared?: SharedStorage;
  /** What the operator has to know about the stored data. */
  readonly warnings: readonly string[];
  /** The records of one name. Their owner defines the values, which must survive JSON. */
  records<Value>(name: RecordsName): Records<Value>;
  /** Returns the space of deleted data to the file system. */
  compact(): void;
  /** Writes and syncs without a change; rejects when the disk is full, fails, or holds damaged data. */
  check(): Promise<void>;
  /** Releases the data folder. Call nothing afterwards. */
  close(): Promise<void>;
}
