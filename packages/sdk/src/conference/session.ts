import type { JsonObject } from '@parley-rtc/contract';
import type { CallOptions } from '../errors/parley-error.ts';
import type { PublishOptions } from '../media/publish-options.ts';
import type { PublishedStream } from '../media/published-stream.ts';
import type { ViewedStream, ViewOptions } from '../media/viewed-stream.ts';
import type { ConferenceEvents, ConferenceListener } from './conference-events.ts';
import type { ConferenceStore } from './conference-store.ts';

export interface LeaveOptions {
  /** Free text for the others. */
  readonly reason?: string;
  readonly signal?: AbortSignal;
}

/** Everything behind a `Conference`, wired up: one verb for each of its methods. */
export interface Session {
  readonly id: string;
  readonly endpointId: string;
  readonly store: ConferenceStore;
  on<Name extends keyof ConferenceEvents>(name: Name, listener: ConferenceListener<Name>): () => void;
  publishStream(options: PublishOptions): Promise<PublishedStream>;
  viewStream(streamId: string, options: ViewOptions): Promise<ViewedStream>;
  changeMetadata(key: string, value: string | undefined, options: CallOptions): Promise<void>;
  setParticipantMetadata(metadata: JsonObject, options: CallOptions): Promise<void>;
  leave(options: LeaveOptions): Promise<void>;
  end(options: LeaveOptions): Promise<void>;
}
