import { ConnectionError, type Conference } from '@parley-rtc/sdk';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { joinAs } from '../../../sdk/src/testing/join-as.ts';
import { settle } from '../../../sdk/src/testing/settle.ts';
import { useFakeConference } from '../../../sdk/src/testing/use-fake-conference.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { callOf, type Call } from './call-of.ts';
import type { Tile } from './tiles-of.ts';

let server: FakeServer;
let ada: Conference;
let bob: Conference;
let call: Call;

useFakeConference(async (fakes) => {
  ({ server } = fakes);
  server.hasModeration = true;
  ada = await joinAs(server, 'ada');
  bob = await joinAs(server, 'bob');
  await settle();
  call = callOf(ada);
});
afterEach(async () => {
  await ada.leave();
  await bob.leave();
});

function tileOf(conference: Conference, kind: Tile['kind'] = 'camera'): Tile | undefined {
  const id = conference.endpointId;
  return call.tiles.getSnapshot().tiles.find((tile) => tile.participantId === id && tile.kind === kind);
}

/** What a browser does that refuses to share a screen. */
const refuse = (name: string) => () => Promise.reject(new DOMException('refused', name));
const codes = (): string[] => call.notices.getSnapshot().notices.map(({ content }) => content.code);

describe('a call', () => {
  it('is the same for all who ask for the same conference', () => {
    expect(callOf(ada)).toBe(call);
    expect(callOf(bob)).not.toBe(call);
  });

  it('shows a tile of each participant, in the order of joining, and who we are', () => {
    const { tiles } = call.tiles.getSnapshot();
    expect(tiles.map(({ person, isSelf }) => [person.name, isSelf])).toEqual([
      ['ada', true],
      ['bob', false],
    ]);
    expect(tileOf(bob)).toMatchObject({ hasVideo: false, microphone: 'off', streamId: undefined });
  });

  it('keeps the tile of a participant the same object until something of it changes', async () => {
    const before = tileOf(ada);
    await bob.publishStream({ camera: true, microphone: true });
    await settle();
    expect(tileOf(ada)).toBe(before);
    expect(tileOf(bob)).toMatchObject({ hasVideo: true, microphone: 'on' });
  });

  it('has a tile of its own for a screen, which ends with the screen', async () => {
    const screen = await bob.publishStream({ screen: true });
    await settle();
    expect(tileOf(bob, 'screen')).toMatchObject({ streamId: screen.id, hasVideo: true, isSelf: false });
    expect(tileOf(bob)).toMatchObject({ hasVideo: false });
    await screen.unpublish();
    await settle();
    expect(tileOf(bob, 'screen')).toBeUndefined();
  });

  it('shows what is muted, and no video while the call is on hold', async () => {
    const mine = await bob.publishStream({ camera: true, microphone: true });
    await mine.mute('audio');
    await settle();
    expect(tileOf(bob)).toMatchObject({ hasVideo: true, microphone: 'muted', mutedBy: undefined });
    await bob.hold();
    await settle();
    expect(tileOf(bob)).toMatchObject({ hasVideo: false });
  });

  it('raises and lowers our hand, and keeps the rest of our metadata', async () => {
    await call.toggleHand();
    await settle();
    expect(tileOf(ada)?.handRaisedAt).toMatch(/^\d{4}-.*Z$/);
    expect(tileOf(ada)?.person.name).toBe('ada');
    await call.toggleHand();
    await settle();
    expect(tileOf(ada)?.handRaisedAt).toBeUndefined();
    expect(tileOf(ada)?.person.name).toBe('ada');
  });

  it('shows a failed action as a notice instead of throwing', async () => {
    await call.attempt(() => ada.viewStream('unknown'));
    const { notices } = call.notices.getSnapshot();
    expect(notices).toMatchObject([{ content: { code: 'error', error: { code: 'ERR_STREAM_NOT_FOUND' } } }]);
  });

  it('ends with the conference: no view, no timer and no listener stays', async () => {
    await bob.publishStream({ camera: true });
    await settle();
    expect(call.views.getSnapshot().views.size).toBe(1);
    await ada.leave();
    await settle();
    expect(call.views.getSnapshot().views.size).toBe(0);
    await bob.leave();
    await vi.runAllTimersAsync();
    expect(FakePeerConnection.open.size).toBe(0);
  });
});

describe('the views of a call', () => {
  it('follow the streams of the others, and leave out our own', async () => {
    // Not a camera, which would be watched for warnings: that needs a document.
    await ada.publishStream({ screen: { audio: false } });
    const camera = await bob.publishStream({ camera: true });
    await settle();
    expect([...call.views.getSnapshot().views.keys()]).toEqual([camera.id]);
    await camera.unpublish();
    await settle();
    expect(call.views.getSnapshot().views.size).toBe(0);
  });

  it('try again after a failure that may pass, and say meanwhile what is wrong', async () => {
    server.intercept = ({ operation }) => {
      if (operation === 'viewStream') throw new ConnectionError('viewStream', 'https://rtc.example.com');
    };
    const camera = await bob.publishStream({ camera: true });
    await settle();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(call.views.getSnapshot().errors.get(camera.id)).toMatchObject({ code: 'ERR_CONNECTION' });
    server.intercept = () => {};
    await vi.advanceTimersByTimeAsync(20_000);
    expect([...call.views.getSnapshot().views.keys()]).toEqual([camera.id]);
    expect(call.views.getSnapshot().errors.size).toBe(0);
  });

  it('start again by hand after a failure that lasts', async () => {
    server.intercept = ({ operation }) => {
      if (operation === 'viewStream') throw new TypeError('broken');
    };
    const camera = await bob.publishStream({ camera: true });
    await settle();
    await vi.advanceTimersByTimeAsync(60_000);
    expect([...call.views.getSnapshot().errors.keys()]).toEqual([camera.id]);
    server.intercept = () => {};
    call.views.retry(camera.id);
    await settle();
    expect([...call.views.getSnapshot().views.keys()]).toEqual([camera.id]);
    expect(call.views.getSnapshot().errors.size).toBe(0);
  });
});

describe('our own media', () => {
  beforeEach(() => {
    const video = { play: async () => {}, requestVideoFrameCallback: () => 0 };
    vi.stubGlobal('document', { createElement: () => video, hidden: false });
  });

  it('are published by the first toggle, and then muted and unmuted', async () => {
    const { camera } = call.ownMedia;
    await camera.toggle('audio');
    await settle();
    expect(camera.getSnapshot()).toMatchObject({ audio: 'on', video: 'off' });
    expect(tileOf(ada)).toMatchObject({ microphone: 'on', hasVideo: false });
    await camera.toggle('audio');
    await settle();
    expect(tileOf(ada)).toMatchObject({ microphone: 'muted' });
  });

  it('report a refused screen as a notice, but not one that the user cancelled', async () => {
    const devices = navigator.mediaDevices as { getDisplayMedia: () => Promise<MediaStream> };
    devices.getDisplayMedia = refuse('NotReadableError');
    await call.ownMedia.screen.toggle();
    await settle();
    expect(call.notices.getSnapshot().notices).toHaveLength(1);
    call.notices.dismiss(call.notices.getSnapshot().notices[0]?.key ?? 0);
    devices.getDisplayMedia = refuse('NotAllowedError');
    await call.ownMedia.screen.toggle();
    await settle();
    expect(call.notices.getSnapshot().notices).toHaveLength(0);
  });

  it('say which device is missing while the other one works', async () => {
    const devices = navigator.mediaDevices;
    const open = devices.getUserMedia.bind(devices);
    devices.getUserMedia = (constraints) =>
      constraints?.video ? refuse('NotReadableError')() : open(constraints);
    await call.ownMedia.camera.toggle();
    await settle();
    expect(call.ownMedia.camera.getSnapshot()).toMatchObject({ audio: 'on', video: 'off' });
    expect(call.notices.getSnapshot().notices.map(({ content }) => content)).toMatchObject([
      { code: 'error', error: { code: 'ERR_DEVICE_IN_USE', kind: 'camera' } },
    ]);
  });
});

describe('the chat', () => {
  it('lists what everyone wrote, with names, and counts what has not been seen', async () => {
    const others = callOf(bob).chat;
    await others.send('  Hello, Ada  ');
    await settle();
    await call.chat.send('Hello, Bob');
    await settle();
    expect(call.chat.getSnapshot()).toMatchObject({
      unreadCount: 1,
      lines: [
        { text: 'Hello, Ada', isOwn: false, person: { name: 'bob' } },
        { text: 'Hello, Bob', isOwn: true, person: { name: 'ada' }, status: 'sent' },
      ],
    });
    call.chat.setSeen(true);
    await others.send('And now?');
    await settle();
    expect(call.chat.getSnapshot().unreadCount).toBe(0);
    call.chat.setSeen(false);
    await others.send('And then?');
    await settle();
    expect(call.chat.getSnapshot().unreadCount).toBe(1);
  });

  it('ignores blank texts, and payloads that are no chat', async () => {
    await call.chat.send('   ');
    for (const payload of [null, 7, [], { text: 5 }, { text: ' ' }, 'hello']) await bob.send('chat', payload);
    await settle();
    expect(call.chat.getSnapshot()).toMatchObject({ lines: [], unreadCount: 0 });
    expect(server.callsOf('sendMessages')).toHaveLength(6);
  });

  it('announces a line only while the chat is out of sight, until it is seen', async () => {
    await callOf(bob).chat.send('Look!');
    await settle();
    expect(call.notices.getSnapshot().notices).toMatchObject([
      { content: { code: 'message', text: 'Look!', person: { name: 'bob' } } },
    ]);
    call.chat.setSeen(true);
    expect(call.notices.getSnapshot().notices).toEqual([]);
    await callOf(bob).chat.send('Again!');
    await settle();
    expect(call.notices.getSnapshot().notices).toEqual([]);
  });
});

describe('reactions', () => {
  it('are shown to everyone for a moment, the sender included', async () => {
    const seen = callOf(bob).reactions;
    await settle();
    await call.reactions.send('🎉');
    await settle();
    const expected = [{ emoji: '🎉', participantId: ada.endpointId, person: { name: 'ada' } }];
    expect(call.reactions.getSnapshot().reactions).toMatchObject(expected);
    expect(seen.getSnapshot().reactions).toMatchObject(expected);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(call.reactions.getSnapshot().reactions).toEqual([]);
    expect(seen.getSnapshot().reactions).toEqual([]);
  });

  it('are nothing else than the offered ones', async () => {
    await bob.send('reaction', '<img src=x>');
    await bob.send('reaction', { emoji: '🎉' });
    await settle();
    expect(call.reactions.getSnapshot().reactions).toEqual([]);
  });
});

describe('notices', () => {
  it('tell who joins, raises a hand and leaves, and fade', async () => {
    const cyd = await joinAs(server, 'cyd');
    await settle();
    await callOf(cyd).toggleHand();
    await settle();
    await cyd.leave();
    await settle();
    expect(codes()).toEqual(['joined', 'hand-raised', 'left']);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(codes()).toEqual([]);
  });

  it('show a few at a time, the newest last, and an error that repeats itself once', () => {
    const person = { name: 'x', isVerified: false, picture: undefined, role: undefined };
    for (let index = 0; index < 9; index += 1) call.notices.notify({ code: 'joined', person });
    expect(codes()).toHaveLength(4);
    const error = Object.assign(new Error('x'), { code: 'ERR_SERVER' }) as never;
    call.notices.notify({ code: 'error', error });
    call.notices.notify({ code: 'error', error });
    expect(codes().filter((code) => code === 'error')).toEqual(['error']);
    expect(codes().at(-1)).toBe('error');
  });
});
