import { createdConference } from '@parley-rtc/contract';
import { expect, vi, type Mock } from 'vitest';
import type { OutsideEvents } from '../../push/outside-events.ts';
import type { Publications } from '../publications.ts';
import type { Telling } from '../tell-of-stream.ts';

const created = createdConference({
  type: 'ConferenceCreatedEvent',
  id: 'e-0',
  timestamp: '2026-01-01T00:00:00.000Z',
  conferenceId: 'c-1',
  conferenceVersion: null,
  organizationId: 'org',
});
const stream = { id: 's-1', type: 'CAM', metadata: {}, videoBitrate: 0 } as const;
const publisher = { id: 'ep-ada', userId: 'ada', metadata: {}, streams: [stream] };
const conference = { ...created, version: 7, participants: [{ ...publisher, state: 'HEALTHY' as const }] };

type TellingParts = Telling & {
  readonly publications: Pick<Publications, 'find'>;
  readonly onError: (error: unknown) => void;
};

interface RecordedTelling {
  readonly publish: Mock<OutsideEvents['publish']>;
}

/**
 * What tells of streams needs, for a conference with the stream `s-1` of Ada, which the media router knows as `key`; with
 * `streamId`, that key belongs to another stream. `publish` records the events.
 */
export function recordTelling(streamId = 's-1'): TellingParts & RecordedTelling {
  const publish = vi.fn<OutsideEvents['publish']>();
  const telling: TellingParts = {
    conferences: { find: () => Promise.resolve(conference as never) },
    publications: {
      find: (key) =>
        key === 'key'
          ? { conferenceId: 'c-1', streamId, endpointId: 'ep-ada', userKey: 'u-1', isEncrypted: false }
          : undefined,
    },
    outside: { publish },
    stamp: () => ({ nowMs: Date.UTC(2026, 0, 2), newId: () => 'e-9' }),
    onError: (error: unknown) => expect.unreachable(String(error)),
  };
  return { ...telling, publish };
}
