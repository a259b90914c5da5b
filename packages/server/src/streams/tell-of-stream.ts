import {
  findStream,
  type ConferenceStreamLayersUpdatedEvent,
  type ConferenceStreamMovingEvent,
} from '@parley-rtc/contract';
import type { Conferences } from '../conferences/conferences.ts';
import { timestampOf } from '../conferences/rules/stamp-events.ts';
import type { OutsideEvents } from '../push/outside-events.ts';
import type { StreamPlace } from './stream-place.ts';

/** What telling of a stream needs. */
export interface Telling {
  readonly conferences: Pick<Conferences, 'find'>;
  readonly outside: Pick<OutsideEvents, 'publish'>;
  readonly stamp: () => { readonly nowMs: number; readonly newId: () => string };
}

type StreamEvent = ConferenceStreamLayersUpdatedEvent | ConferenceStreamMovingEvent;
/** What distinguishes such an event; the stream and its publisher give the rest. */
type News<Event extends StreamEvent = StreamEvent> = Event extends StreamEvent
  ? Omit<Event, 'id' | 'timestamp' | 'conferenceId' | 'conferenceVersion' | 'organizationId' | keyof About>
  : never;

interface About {
  readonly userId: string;
  readonly userEndpointId: string;
  readonly streamId: string;
}

/** Sends an event about a stream through the push, outside the history and resumable. Does nothing once the stream is gone. */
export async function tellOfStream(
  { conferences, outside, stamp }: Telling,
  { conferenceId, streamId }: StreamPlace,
  news: News,
): Promise<void> {
  const state = await conferences.find(conferenceId);
  const found = state && findStream(state, streamId);
  if (!found) return;
  const { nowMs, newId } = stamp();
  const about: About = { userId: found.participant.userId, userEndpointId: found.participant.id, streamId };
  const event: StreamEvent = {
    id: newId(),
    timestamp: timestampOf(nowMs),
    conferenceId: state.id,
    ...(state.organizationId !== undefined && { organizationId: state.organizationId }),
    conferenceVersion: null,
    ...about,
    ...news,
  };
  outside.publish(state.id, { event: { ...event }, qos: 'AT_LEAST_ONCE', atVersion: state.version });
}
