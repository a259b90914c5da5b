import type { ConferenceState, PublishStreamCommand, ViewStreamCommand } from '@parley-rtc/contract';
import type { Actor } from '../../actor.ts';
import { Conferences } from '../../conferences/conferences.ts';
import { joinConference } from '../../conferences/rules/join-conference.ts';
import { leaveConference } from '../../conferences/rules/leave-conference.ts';
import { defaultLimits, type Limits } from '../../limits/limits.ts';
import { FakeMediaRouter } from '../../media/testing/fake-media-router.ts';
import { MemoryEventLog } from '../../storage/memory-event-log.ts';
import { anActor } from '../../testing/builders.ts';
import { FakeClock } from '../../testing/fake-clock.ts';
import { Streams } from '../streams.ts';

export const conferenceId: string = 'c-1';
export const ada: Actor = anActor({ userId: 'ada' }, 'create-conference');
export const bob: Actor = anActor({ userId: 'bob' });
/** Ada's command that publishes her camera. */
export const publishing: PublishStreamCommand & { readonly streamId: string } = {
  conferenceId,
  sdpOffer: 'v=0',
  userEndpointId: 'ep-ada',
  streamId: 's-1',
  conferenceStreamType: 'CAM',
};
/** Bob's command that views it. */
export const viewing: ViewStreamCommand & { readonly viewerId: string } = {
  conferenceId,
  sdpOffer: 'v=0',
  userEndpointId: 'ep-bob',
  streamId: 's-1',
  viewerId: 'v-1',
};

const ownsEndpoint = (actor: Actor, id: string): boolean => id === `ep-${actor.userId}`;

interface StreamConference {
  readonly mediaRouter: FakeMediaRouter;
  readonly conferences: Conferences;
  readonly streams: Streams;
  readonly leave: (actor: Actor, userEndpointId: string) => Promise<ConferenceState>;
  /** Types of the events since both joined. */
  readonly history: () => Promise<readonly string[]>;
  /** The viewer ids of all streams. */
  readonly viewers: () => readonly string[];
  /** What the streams reported as errors of background work. */
  readonly errors: readonly unknown[];
}

/** A conference with participants Ada and Bob, whose endpoints are `ep-ada` and `ep-bob`. */
export async function streamConference(limits: Partial<Limits> = {}): Promise<StreamConference> {
  let count = 0;
  const newId = (): string => `id-${(count += 1)}`;
  const mediaRouter = new FakeMediaRouter();
  const errors: unknown[] = [];
  const onError = (error: unknown): void => {
    errors.push(error);
  };
  const conferences = new Conferences({
    log: new MemoryEventLog(),
    clock: new FakeClock(),
    newId,
    pollTimeoutMs: 20_000,
    endedRetentionMs: 300_000,
    onError,
  });
  const streams = new Streams({
    conferences,
    mediaRouter,
    newId,
    onError,
    ownsEndpoint,
    limits: { ...defaultLimits, ...limits },
  });
  await conferences.create({ conferenceId }, ada);
  for (const [actor, userEndpointId] of [
    [ada, 'ep-ada'],
    [bob, 'ep-bob'],
  ] as const) {
    await conferences.perform(conferenceId, actor, (state, context) =>
      joinConference(state, { conferenceId, userEndpointId }, context),
    );
  }
  const leave: StreamConference['leave'] = (actor, userEndpointId) =>
    conferences.perform(conferenceId, actor, (state, context) =>
      leaveConference(state, { userEndpointId }, context),
    );
  const history: StreamConference['history'] = async () =>
    (await conferences.events(conferenceId, { version: 2 }, ada, AbortSignal.abort())).map(
      ({ type }) => type,
    );
  const viewers: StreamConference['viewers'] = () =>
    [...mediaRouter.views.values()].flatMap((ids) => [...ids]);
  return { mediaRouter, conferences, streams, leave, history, viewers, errors };
}
