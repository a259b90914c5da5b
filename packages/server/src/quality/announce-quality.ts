import type {
  ConferenceNetworkIndicatorUpdatedEvent,
  ConferenceState,
  JsonObject,
} from '@parley-rtc/contract';
import type { Clock } from '../clock.ts';
import { timestampOf } from '../conferences/rules/stamp-events.ts';
import type { PeerFacts } from '../media/media-router.ts';
import type { OutsideEvents } from '../push/outside-events.ts';
import { repeatEvery } from '../repeat-every.ts';
import { NetworkIndicators, type EndpointMedia } from './network-indicators.ts';

/** What {@link announceQuality} needs. */
export interface AnnounceQualityOptions {
  readonly clock: Clock;
  readonly intervalMs: number;
  readonly facts: () => Promise<readonly PeerFacts[]>;
  /** The conference and endpoint whose media the facts describe; undefined when they are gone. */
  readonly ownerOf: (
    facts: PeerFacts,
  ) => { readonly conferenceId: string; readonly endpointId: string } | undefined;
  readonly find: (conferenceId: string) => Promise<ConferenceState | undefined>;
  readonly outside: Pick<OutsideEvents, 'publish'>;
  readonly newId: () => string;
  /** Receives errors of background work. */
  readonly onError: (error: unknown) => void;
}

/**
 * Announces the quality of all connections to every participant through the push, until the returned function is
 * called.
 */
export function announceQuality(options: AnnounceQualityOptions): () => void {
  const { clock, intervalMs, outside, newId, onError } = options;
  // One per conference: endpoint ids are unique only within an organization.
  const indicatorsOf = new Map<string, NetworkIndicators>();
  const announce = async (): Promise<void> => {
    const byConference = gather(await options.facts(), options.ownerOf);
    for (const [conferenceId, endpoints] of byConference) {
      const indicators = indicatorsOf.get(conferenceId) ?? new NetworkIndicators();
      indicatorsOf.set(conferenceId, indicators);
      const summary = indicators.of(endpoints);
      const state = summary && (await options.find(conferenceId));
      if (!state || state.ended) continue;
      const event: ConferenceNetworkIndicatorUpdatedEvent = {
        type: 'ConferenceNetworkIndicatorUpdatedEvent',
        id: newId(),
        timestamp: timestampOf(clock.now()),
        conferenceId,
        ...(state.organizationId !== undefined && { organizationId: state.organizationId }),
        conferenceVersion: null,
        ...summary,
      };
      outside.publish(conferenceId, { event: jsonOf(event), qos: 'BEST_EFFORT', atVersion: state.version });
    }
    for (const conferenceId of indicatorsOf.keys()) {
      if (!byConference.has(conferenceId)) indicatorsOf.delete(conferenceId);
    }
  };
  return repeatEvery(clock, intervalMs, announce, onError);
}

function gather(
  all: readonly PeerFacts[],
  ownerOf: AnnounceQualityOptions['ownerOf'],
): Map<string, EndpointMedia[]> {
  const byEndpoint = new Map<
    string,
    { conferenceId: string; endpointId: string; media: PeerFacts['media'] }
  >();
  for (const facts of all) {
    const owner = ownerOf(facts);
    if (!owner) continue;
    const key = JSON.stringify([owner.conferenceId, owner.endpointId]);
    const media = [...(byEndpoint.get(key)?.media ?? []), ...facts.media];
    byEndpoint.set(key, { ...owner, media });
  }
  const byConference = new Map<string, EndpointMedia[]>();
  for (const { conferenceId, endpointId, media } of byEndpoint.values()) {
    const endpoints = byConference.get(conferenceId) ?? [];
    endpoints.push({ endpointId, media });
    byConference.set(conferenceId, endpoints);
  }
  return byConference;
}

/** The event as plain JSON; interfaces lack the index signature. */
function jsonOf({ participantIndicatorMap, ...event }: ConferenceNetworkIndicatorUpdatedEvent): JsonObject {
  const map = Object.entries(participantIndicatorMap).map(
    ([id, indicator]) => [id, { ...indicator }] as const,
  );
  return { ...event, participantIndicatorMap: Object.fromEntries(map) };
}
