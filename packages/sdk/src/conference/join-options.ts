import type { LogSetting, TokenSource } from '@parley-rtc/client';
import type { JsonObject } from '@parley-rtc/contract';
import type { Waiting } from '../presence/wait-for-entry.ts';
import type { MediaEncryption } from '../publishing/media-encryption.ts';
import type { PublishOptions } from '../publishing/publish-options.ts';

export interface JoinOptions {
  /** URL of the server. The API is at `${server}/rtc-api`. */
  readonly server: string;
  /** The conference to join. */
  readonly conferenceId: string;
  /** The bearer token, or a function that fetches one; it is called again before expiry and after a 401. */
  readonly token: TokenSource;
  /** Describes us to other participants: any JSON object. */
  readonly metadata?: JsonObject;
  /**
   * Preferred endpoint id, for example to rejoin as the same participant after a reload. Default: a new one for each join.
   * Only one tab of a browser can use an id at a time (`ERR_ENDPOINT_IN_USE`).
   */
  readonly endpointId?: string;
  /**
   * Publishes a stream as soon as we have joined, and opens its devices while joining. Joining neither waits for it nor
   * fails with it: `conference.published` reports the outcome. In a waiting room, the devices are closed until we are admitted;
   * a `preview` or `mediaStream` of yours is not touched.
   */
  readonly publish?: PublishOptions;
  /**
   * Encrypts all media end to end, with keys that the server never sees: the result of `createMediaEncryption` from
   * `@parley-rtc/sdk/encryption`. Video then uses VP8, and audio Opus without redundancy.
   */
  readonly encryption?: MediaEncryption;
  /** Maximum number of videos received at the same time; `setMaxVideos` changes it. Default: no limit. */
  readonly maxVideos?: number;
  /**
   * Whether the event `message` begins with the messages that the server keeps from before we joined. Default: only those since.
   */
  readonly messageHistory?: boolean;
  /**
   * Called while we wait in a waiting room: when the wait begins, and when the host's message or a time changes. Joining goes on
   * once a moderator admits us; abort `signal` to stop waiting.
   */
  readonly onWaiting?: (waiting: Waiting) => unknown;
  /** Aborts joining, or waiting to be admitted, and leaves nothing behind. Has no effect once joined. */
  readonly signal?: AbortSignal;
  /**
   * How long joining may take in total, in milliseconds, not counting the time in a waiting room. Default 15_000; `Infinity`: no
   * limit.
   */
  readonly timeoutMs?: number;
  /** STUN and TURN servers. Default: the servers that the conference server provides. */
  readonly iceServers?: readonly RTCIceServer[];
  /**
   * Which media paths to use. `relay` uses TURN servers only: it hides our addresses from the server, and behind some
   * firewalls it connects faster, because ICE does not try direct paths. Default `all`.
   */
  readonly iceTransportPolicy?: RTCIceTransportPolicy;
  /**
   * What this conference logs, and where: a level, or `{ level, write }`. Default: what `setLogLevel` and `setLogSink` set,
   * also later. See docs/logging.md.
   */
  readonly log?: LogSetting;
}
