import { findStream } from '@parley-rtc/contract';
import { describe, expect, it } from 'vitest';
import { aMediaStream, fakeTracks } from '../../../testing/src/browser/fake-media.ts';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { selectRemoteStreams, selectSelf } from '../state/selectors.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

describe('two participants in a conference', () => {
  it('exchange audio and video', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    const viewedBy = new Map<string, MediaStream>();
    ada.on('stream-published', async ({ stream }) => {
      viewedBy.set('ada', (await ada.viewStream(stream.id)).mediaStream);
    });
    bob.on('stream-published', async ({ stream }) => {
      viewedBy.set('bob', (await bob.viewStream(stream.id)).mediaStream);
    });

    await ada.publishStream({ camera: true, microphone: true });
    await bob.publishStream({ microphone: true });
    await settle();

    expect(fakeTracks(viewedBy.get('bob') ?? aMediaStream()).map(({ kind }) => kind)).toEqual([
      'audio',
      'video',
    ]);
    expect(fakeTracks(viewedBy.get('ada') ?? aMediaStream()).map(({ kind }) => kind)).toEqual(['audio']);
    expect(server.views.size).toBe(2);
  });

  it('receive events when the other joins, publishes, mutes, unpublishes and leaves', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    const bob = await joinAs(server, 'bob');
    const mine = await bob.publishStream({ camera: true });
    await mine.mute('video');
    await bob.setParticipantMetadata({ name: 'Robert' });
    await mine.unpublish();
    await bob.leave();
    await settle();

    expect(heard).toEqual([
      'participant-joined bob',
      "stream-published bob's CAM",
      `metadata-updated TRACK_MUTED/video/${mine.id}=true`,
      'participant-updated bob',
      "stream-unpublished bob's CAM",
      `metadata-updated TRACK_MUTED/video/${mine.id}=undefined`,
      'participant-left bob',
    ]);
    expect(ada.state.getSnapshot().conference).toEqual(server.conference);
  });

  it('receive no events about themselves, though the state includes them', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    const mine = await ada.publishStream({ camera: true });
    await settle();
    expect(heard).toEqual([]);
    expect(selectSelf(ada.state.getSnapshot())?.streams.map(({ id }) => id)).toEqual([mine.id]);
    expect(selectRemoteStreams(ada.state.getSnapshot())).toEqual([]);
  });

  it('find the state already changed when they receive an event', async () => {
    const ada = await joinAs(server, 'ada');
    const known: boolean[] = [];
    ada.on('stream-published', ({ stream }) => {
      known.push(findStream(ada.state.getSnapshot().conference, stream.id) !== undefined);
    });
    const bob = await joinAs(server, 'bob');
    await bob.publishStream({ camera: true });
    await settle();
    expect(known).toEqual([true]);
  });
});
