import { findStream, type ConferenceStreamLayersUpdatedEvent } from '@parley-rtc/contract';
import type { Conferences } from '../conferences/conferences.ts';
import { timestampOf } from '../conferences/rules/stamp-events.ts';
import type { ChangedLayers, MediaRouter } from '../media/media-router.ts';
import type { OutsideEvents } from '../push/outside-events.ts';
import type { Publications } from './publications.ts';

/** What {@link announceLayers} needs. */
export interface AnnounceLayersOptions {
  readonly conferences: Pick<Conferences, 'find'>;
  readonly mediaRouter: Pick<MediaRouter, 'onLayersChanged'>;
  readonly publications: Pick<Publications, 'find'>;
  readonly outside: Pick<OutsideEvents, 'publish'>;
  readonly stamp: () => { readonly nowMs: number; readonly newId: () => string };
  /** Receives errors of background work. */
  readonly onError: (error: unknown) => void;
}

/**
 * Notifies publishers through the push which of their layers are viewed. Resumable: a publisher that missed that a
 * layer is needed again would never send it.
 */
export function announceLayers(options: AnnounceLayersOptions): void {
  const { conferences, mediaRouter, publications, outside, stamp, onError } = options;
  const announce = async ({ streamKey, activeRids }: ChangedLayers): Promise<void> => {
    const place = publications.find(streamKey);
    const state = place && (await conferences.find(place.conferenceId));
    const found = state && findStream(state, place.streamId);
    if (!found) return;
    const { nowMs, newId } = stamp();
    const event: ConferenceStreamLayersUpdatedEvent = {
      type: 'ConferenceStreamLayersUpdatedEvent',
      id: newId(),
      timestamp: timestampOf(nowMs),
      conferenceId: state.id,
      ...(state.organizationId !== undefined && { organizationId: state.organizationId }),
      conferenceVersion: null,
      userId: found.participant.userId,
      userEndpointId: found.participant.id,
      streamId: place.streamId,
      activeRids,
    };
    outside.publish(state.id, { event: { ...event }, qos: 'AT_LEAST_ONCE', atVersion: state.version });
  };
  mediaRouter.onLayersChanged((changed) => {
    announce(changed).catch(onError);
  });
}
