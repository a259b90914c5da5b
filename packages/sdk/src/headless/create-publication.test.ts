import { describe, expect, it, vi } from 'vitest';
import { aMediaStream } from '../../../testing/src/browser/fake-media.ts';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { forbidden, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { createPreview } from '../preview/create-preview.ts';
import { Deferred } from '../testing/deferred.ts';
import { capturedTracks } from '../testing/fake-browser.ts';
import { joinAs } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { connectionCheckMs } from '../waiting/recovery-policy.ts';
import { createPublication } from './create-publication.ts';
import type { PublicationOptions, PublicationStore } from './publication-store.ts';

const both: PublicationOptions = { camera: true, microphone: true };
const screen: PublicationOptions = { screen: { audio: false } };

const automatic = () => ({ ...both, autoPublish: true });
const fromJoin = () => ({ ...both, fromJoin: true });
const adopting = () => ({ ...both, adopt: true });

let server: FakeServer;
let page: FakePage;
let ada: Conference;
/** The states that listeners saw, one after the other. */
let seen: string[];

useFakeConference(async (fakes) => {
  ({ server, page } = fakes);
  ada = await joinAs(server, 'ada');
  seen = [];
});

function connected(options: PublicationOptions | (() => PublicationOptions)) {
  const mine = createPublication(ada);
  mine.subscribe(() => void seen.push(mine.getSnapshot().state));
  return { mine, disconnect: mine.connect(typeof options === 'function' ? options : () => options) };
}

const states = () => capturedTracks.map(({ kind, readyState }) => `${kind} ${readyState}`);
const published = () =>
  server.conference?.participants.flatMap(({ streams }) => streams.map(({ type }) => type)) ?? [];
const mutedEntries = () => Object.keys(server.conference?.metadata ?? {}).map((key) => key.split('/')[1]);
const about = (mine: PublicationStore) => {
  const { state, audio, video, error } = mine.getSnapshot();
  return [state, audio, video, error?.code].filter(Boolean).join(' ');
};
const moveTo = (state: RTCPeerConnectionState) => {
  for (const peer of FakePeerConnection.open) peer.moveTo(state);
};

/** Lets the browser ask the user, until the test answers. */
function askUser(): Deferred<void> {
  const answer = new Deferred<void>();
  const { mediaDevices } = page.navigator;
  page.navigator.mediaDevices = {
    ...mediaDevices,
    getUserMedia: async (constraints) => {
      await answer.promise;
      return (await mediaDevices?.getUserMedia?.(constraints)) ?? aMediaStream();
    },
  };
  return answer;
}

describe('publishing', () => {
  it('opens nothing by itself, and goes from off over starting to on', async () => {
    const { mine } = connected(both);
    await settle();
    expect([about(mine), states()]).toEqual(['off off off', []]);
    await mine.publish();
    expect(about(mine)).toBe('on on on');
    expect(mine.getSnapshot().stream?.mediaStream.getTracks()).toHaveLength(2);
    expect(seen).toEqual(['starting', 'on']);
  });

  it('happens as soon as it is connected with `autoPublish`, again after a reconnect, but not twice in one task', async () => {
    const mine = createPublication(ada);
    mine.connect(automatic)();
    const disconnect = mine.connect(automatic);
    await settle();
    expect([about(mine), published(), states()]).toEqual([
      'on on on',
      ['MIC_AND_CAM'],
      ['audio live', 'video live'],
    ]);
    disconnect();
    await settle();
    expect([about(mine), published(), states()]).toEqual(['off off off', [], ['audio ended', 'video ended']]);
    mine.connect(automatic);
    await settle();
    expect(about(mine)).toBe('on on on');
  });

  it('happens once on a double click', async () => {
    const { mine } = connected(both);
    void mine.toggle();
    await mine.toggle();
    await settle();
    expect([about(mine), published()]).toEqual(['on on on', ['MIC_AND_CAM']]);
  });

  it('says which device is missing, and publishes it once it is there', async () => {
    const { mediaDevices } = page.navigator;
    page.navigator.mediaDevices = {
      getUserMedia: async (constraints) => {
        if (constraints.video) throw new DOMException('none', 'NotFoundError');
        return (await mediaDevices?.getUserMedia?.(constraints)) ?? aMediaStream();
      },
    };
    const { mine } = connected({ ...both, allowMissing: true });
    await mine.publish();
    expect(about(mine)).toBe('on on off');
    expect(mine.getSnapshot().missing.video?.code).toBe('ERR_DEVICE_NOT_FOUND');
    await mine.mute('audio');
    page.navigator.mediaDevices = mediaDevices;
    await mine.toggle('video');
    await settle();
    expect([about(mine), published(), mutedEntries()]).toEqual(['on muted on', ['MIC_AND_CAM'], ['audio']]);
    expect(mine.getSnapshot().missing).toEqual({});
  });

  it('says why it failed, and forgets that with the next attempt', async () => {
    const { mediaDevices } = page.navigator;
    page.navigator.mediaDevices = {
      getUserMedia: () => Promise.reject(new DOMException('denied', 'NotAllowedError')),
    };
    const { mine } = connected(both);
    await mine.toggle();
    expect(about(mine)).toBe('failed off off ERR_DEVICE_DENIED');
    page.navigator.mediaDevices = mediaDevices;
    await mine.toggle();
    expect(about(mine)).toBe('on on on');
    expect(seen).toEqual(['starting', 'failed', 'starting', 'on']);
  });

  it('replaces what is published, and keeps that when it fails', async () => {
    let options: PublicationOptions = { microphone: true };
    const { mine } = connected(() => options);
    await mine.publish();
    await mine.mute('audio');
    options = both;
    await mine.publish();
    await settle();
    expect([about(mine), published()]).toEqual(['on muted on', ['MIC_AND_CAM']]);
    server.intercept = ({ operation }) => {
      if (operation === 'publishStream') throw forbidden('publishStream');
    };
    await mine.publish();
    await settle();
    expect([about(mine), published()]).toEqual(['on muted on ERR_FORBIDDEN', ['MIC_AND_CAM']]);
  });

  it('begins with what `join` publishes, once, if that is requested', async () => {
    const bob = await joinAs(server, 'bob', { publish: { microphone: true } });
    await bob.published;
    const mine = createPublication(bob);
    mine.connect(fromJoin)();
    const disconnect = mine.connect(fromJoin);
    await settle();
    expect([about(mine), published()]).toEqual(['on on off', ['MIC']]);
    expect(mine.getSnapshot().stream).toBe(await bob.published);
    disconnect();
    await settle();
    expect([about(mine), published()]).toEqual(['off off off', []]);
    mine.connect(fromJoin);
    await mine.publish();
    expect([about(mine), published()]).toEqual(['on on on', ['MIC_AND_CAM']]);
    const other = createPublication(bob);
    other.connect(() => screen);
    await settle();
    expect(about(other)).toBe('off off off');
  });

  it('takes other options for one time, but no event of a button', async () => {
    const preview = await createPreview({ microphone: true });
    const { mine } = connected(both);
    await mine.publish({ preview });
    expect([about(mine), published()]).toEqual(['on on off', ['MIC']]);
    await (mine.publish as (event: unknown) => Promise<void>)({ type: 'click', screenX: 1 });
    await settle();
    expect([about(mine), published()]).toEqual(['on on on', ['MIC_AND_CAM']]);
  });

  it('follows the devices that the user chooses until it ends', async () => {
    const followed = new Set<unknown>();
    const devices = {
      follow: (stream: object) => {
        followed.add(stream);
        return () => void followed.delete(stream);
      },
    };
    const { mine } = connected({ ...both, devices });
    await mine.publish();
    expect([...followed]).toEqual([mine.getSnapshot().stream]);
    await mine.stop();
    expect(followed.size).toBe(0);
  });
});

describe('ending', () => {
  it('frees the devices', async () => {
    const { mine } = connected(both);
    await mine.publish();
    await mine.stop();
    await settle();
    expect([about(mine), published(), states()]).toEqual(['off off off', [], ['audio ended', 'video ended']]);
  });

  it.each([
    ['stop', (mine: PublicationStore) => mine.stop()],
    ['disconnecting', async (_mine: PublicationStore, disconnect: () => void) => disconnect()],
  ])('by %s while the browser asks frees what the user grants later', async (_, end) => {
    const answer = askUser();
    const { mine, disconnect } = connected(both);
    const publishing = mine.publish();
    await settle();
    expect(about(mine)).toBe('starting off off');
    await end(mine, disconnect);
    answer.resolve();
    await publishing;
    await settle();
    expect([about(mine), published(), states()]).toEqual(['off off off', [], ['audio ended', 'video ended']]);
  });

  it('while starting lets another attempt begin, which the first one does not disturb', async () => {
    const answer = askUser();
    const { mine } = connected(both);
    const first = mine.publish();
    await settle();
    await mine.stop();
    const second = mine.publish();
    await first;
    expect(about(mine)).toBe('starting off off');
    answer.resolve();
    await second;
    await settle();
    expect([about(mine), published()]).toEqual(['on on on', ['MIC_AND_CAM']]);
    expect(states().filter((state) => state.endsWith('live'))).toHaveLength(2);
  });

  it('by the signal of the app is no failure', async () => {
    const answer = askUser();
    const aborting = new AbortController();
    const { mine } = connected({ ...both, signal: aborting.signal });
    const publishing = mine.publish();
    await settle();
    aborting.abort();
    await publishing;
    answer.resolve();
    expect(about(mine)).toBe('off off off');
  });

  it('happens with the conference, also while starting, and is no failure then', async () => {
    askUser();
    const microphone = connected({ microphone: true }).mine;
    const camera = connected({ mediaStream: aMediaStream('video'), type: 'CAM' }).mine;
    await camera.publish();
    const publishing = microphone.publish();
    await settle();
    await ada.leave();
    await publishing;
    expect([about(microphone), about(camera)]).toEqual(['off off off', 'off off off']);
    await microphone.publish();
    expect(about(microphone)).toBe('failed off off ERR_NOT_JOINED');
  });

  it('does nothing more once it is disconnected', async () => {
    const { mine, disconnect } = connected(both);
    disconnect();
    await mine.publish();
    expect([about(mine), states()]).toEqual(['off off off', []]);
  });

  it("of a shared screen follows the browser's own button, and toggle", async () => {
    const { mine } = connected(screen);
    await mine.toggle();
    expect([about(mine), published()]).toEqual(['on off on', ['SCREEN']]);
    capturedTracks.find(({ kind }) => kind === 'video')?.endByBrowser();
    expect(about(mine)).toBe('off off off');
    await settle();
    expect(published()).toEqual([]);
    await mine.toggle();
    expect(about(mine)).toBe('on off on');
    // As an event handler, `toggle` receives the event.
    await (mine.toggle as (event: unknown) => Promise<void>)({ type: 'click' });
    await settle();
    expect([about(mine), published()]).toEqual(['off off off', []]);
  });

  it('by code of the app that has the stream, too, is noticed', async () => {
    const { mine } = connected(both);
    await mine.publish();
    await mine.getSnapshot().stream?.unpublish();
    await vi.advanceTimersByTimeAsync(connectionCheckMs);
    expect(about(mine)).toBe('off off off');
  });
});

describe('muting', () => {
  it('is known for each kind, and frees the camera', async () => {
    const { mine } = connected(both);
    await mine.publish();
    await mine.toggle('audio');
    expect([about(mine), states()]).toEqual(['on muted on', ['audio live', 'video live']]);
    await mine.toggle('video');
    expect([about(mine), states()]).toEqual(['muted muted muted', ['audio live', 'video ended']]);
    await mine.toggle('audio');
    expect(about(mine)).toBe('on on muted');
    await mine.toggle();
    expect(about(mine)).toBe('muted muted muted');
    await mine.toggle();
    expect(about(mine)).toBe('on on on');
  });

  it('of one kind does not keep the user from the other, and counts once on a double click', async () => {
    const { mine } = connected(both);
    await mine.publish();
    await Promise.all([mine.toggle('audio'), mine.toggle('audio'), mine.toggle('video')]);
    expect(about(mine)).toBe('muted muted muted');
    await Promise.all([mine.toggle('audio'), mine.toggle()]);
    expect(about(mine)).toBe('on on muted');
  });

  it('shows what the publication does, whatever others write about it', async () => {
    const bob = await joinAs(server, 'bob');
    const { mine } = connected(both);
    await mine.publish();
    await bob.setMetadata(`TRACK_MUTED/audio/${mine.getSnapshot().stream?.id}`, 'true');
    await settle();
    expect(about(mine)).toBe('on on on');
  });

  it('by other code, such as `track.enabled`, is noticed once the server has it', async () => {
    const { mine } = connected(both);
    await mine.publish();
    const [audio] = mine.getSnapshot().stream?.mediaStream.getTracks() ?? [];
    if (audio) audio.enabled = false;
    await settle();
    expect(about(mine)).toBe('on muted on');
  });

  it('while starting sends nothing of that kind, and the last word counts', async () => {
    const answer = askUser();
    const { mine } = connected({ ...both, muted: { video: true } });
    const publishing = mine.publish();
    await settle();
    const changes = [mine.mute('audio'), mine.unmute('video')];
    answer.resolve();
    await publishing;
    expect(capturedTracks.find(({ kind }) => kind === 'audio')?.enabled).toBe(false);
    await Promise.all(changes);
    await settle();
    expect(about(mine)).toBe('on muted on');
  });

  it('is kept when starting fails, and when another stream replaces a muted one', async () => {
    const { mediaDevices } = page.navigator;
    const refusal = new Deferred<void>();
    page.navigator.mediaDevices = {
      getUserMedia: async () => {
        await refusal.promise;
        throw new DOMException('busy', 'NotReadableError');
      },
    };
    const { mine } = connected(both);
    const first = mine.publish();
    await settle();
    void mine.mute('audio');
    refusal.resolve();
    await first;
    expect(about(mine)).toBe('failed off off ERR_DEVICE_IN_USE');
    page.navigator.mediaDevices = mediaDevices;
    await mine.toggle();
    expect(about(mine)).toBe('on muted on');

    const answer = askUser();
    const replacing = mine.publish();
    await settle();
    await mine.getSnapshot().stream?.mute('video');
    answer.resolve();
    await replacing;
    await settle();
    expect([about(mine), published()]).toEqual(['muted muted muted', ['MIC_AND_CAM']]);
  });

  it('turns on only the kind that the user asks for, and adds the other later', async () => {
    const { mine } = connected(both);
    await mine.toggle('audio');
    expect([about(mine), states()]).toEqual(['on on off', ['audio live']]);
    await mine.toggle('audio');
    await mine.toggle('video');
    await settle();
    expect([about(mine), published()]).toEqual(['on muted on', ['MIC_AND_CAM']]);
  });

  it('says why it failed, for a kind that is not published, too', async () => {
    const { mine } = connected({ microphone: true });
    await mine.publish();
    await mine.toggle('video');
    expect(about(mine)).toBe('on on off ERR_STREAM_TYPE_MISMATCH');
    server.intercept = ({ operation }) => {
      if (operation === 'updateMetadata') throw forbidden(operation);
    };
    await mine.mute('audio');
    expect(about(mine)).toBe('muted muted off ERR_MUTE_NOT_ANNOUNCED');
    expect(mine.getSnapshot().isBusy).toBe(false);
  });

  it('of what has ended meanwhile is no failure', async () => {
    const { mine } = connected(both);
    await mine.publish();
    const waiting = new Deferred<void>();
    server.intercept = ({ operation }) => (operation === 'updateMetadata' ? waiting.promise : undefined);
    const muting = mine.mute('audio');
    expect([about(mine), mine.getSnapshot().isBusy]).toEqual(['on muted on', true]);
    await mine.stop();
    waiting.resolve();
    await muting;
    expect([about(mine), mine.getSnapshot().isBusy]).toEqual(['off off off', false]);
  });

  it('is the effect of a lost device, with its error', async () => {
    const { mine } = connected(both);
    await mine.publish();
    page.navigator.mediaDevices = {
      getUserMedia: () => Promise.reject(new DOMException('none', 'NotFoundError')),
    };
    capturedTracks.find(({ kind }) => kind === 'video')?.endByBrowser();
    await settle();
    expect(about(mine)).toBe('on on muted ERR_DEVICE_LOST');
  });
});

describe('the media connection', () => {
  it('is reconnecting while interrupted, and on again after that', async () => {
    const { mine } = connected(both);
    await mine.publish();
    moveTo('connected');
    await settle();
    moveTo('disconnected');
    await vi.advanceTimersByTimeAsync(connectionCheckMs);
    expect(about(mine)).toBe('reconnecting on on');
    moveTo('connected');
    await vi.advanceTimersByTimeAsync(connectionCheckMs);
    expect(about(mine)).toBe('on on on');
  });

  it('is reconnecting while the server restores the stream, which stays the same object', async () => {
    const { mine } = connected(both);
    await mine.publish();
    moveTo('connected');
    await vi.advanceTimersByTimeAsync(connectionCheckMs);
    const { stream } = mine.getSnapshot();
    const formerId = stream?.id;
    server.loseMedia();
    await vi.advanceTimersByTimeAsync(connectionCheckMs);
    expect(about(mine)).toBe('reconnecting on on');
    moveTo('connected');
    await vi.advanceTimersByTimeAsync(connectionCheckMs);
    expect(about(mine)).toBe('on on on');
    expect(mine.getSnapshot().stream).toBe(stream);
    expect(stream?.id).not.toBe(formerId);
  });

  it('says that it is lost for good, and remembers what was muted when the user tries again', async () => {
    const { mine } = connected(both);
    await mine.publish();
    await mine.mute('audio');
    server.intercept = ({ operation }) => {
      if (operation === 'publishStream') throw forbidden('publishStream');
    };
    moveTo('failed');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(about(mine)).toBe('failed off off ERR_MEDIA_CONNECTION');
    server.intercept = () => {};
    await mine.toggle();
    await settle();
    expect([about(mine), published()]).toEqual(['on muted on', ['MIC_AND_CAM']]);
  });
});

it('leaves no timer and no listener behind', async () => {
  const before = vi.getTimerCount();
  const { mine, disconnect } = connected(both);
  await mine.publish();
  disconnect();
  await settle();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(vi.getTimerCount()).toBe(before);
});

describe('what moderators do', () => {
  const host = { userId: 'host', userEndpointId: 'host-1' };

  it('fails when the right to publish is taken, and publishes again once it is back and the user asks', async () => {
    server.hasModeration = true;
    ada = await joinAs(server, 'ada');
    const { mine } = connected(both);
    await mine.publish();
    await settle();
    server.changePermissions('ada', { publish: [] }, host);
    await settle();
    expect(about(mine)).toBe('failed off off ERR_NOT_PERMITTED');
    expect(states().filter((state) => state.endsWith('live'))).toEqual([]);
    server.changePermissions('ada', { publish: ['MIC', 'CAM'] }, host);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(about(mine)).toBe('failed off off ERR_NOT_PERMITTED');
    await mine.toggle();
    await settle();
    expect(published()).toEqual(['MIC_AND_CAM']);
  });

  it('shows a mute by a moderator, and unmutes', async () => {
    server.hasModeration = true;
    ada = await joinAs(server, 'ada');
    const { mine } = connected(both);
    await mine.publish();
    await settle();
    const key = `TRACK_MUTED/audio/${mine.getSnapshot().stream?.id}`;
    server.append({ type: 'ConferenceMetadataUpdatedEvent', ...host, operation: 'SET', key, value: 'true' });
    await settle();
    expect(mine.getSnapshot().audio).toBe('muted');
    await mine.unmute('audio');
    expect(mine.getSnapshot().audio).toBe('on');
  });

  it('ends with a removal, as with leaving', async () => {
    server.hasModeration = true;
    ada = await joinAs(server, 'ada');
    const { mine } = connected(both);
    await mine.publish();
    await settle();
    server.removeEndpoint(ada.endpointId, 'Spam', { removedBy: host, isBanned: false });
    await settle();
    expect(about(mine)).toBe('off off off');
    expect(states().filter((state) => state.endsWith('live'))).toEqual([]);
  });
});

describe('adopting what other code publishes', () => {
  it('shows and changes it, and leaves it published when disconnecting', async () => {
    const { mine, disconnect } = connected(adopting());
    await settle();
    expect(about(mine)).toBe('off off off');
    const other = await ada.publishStream({ microphone: true });
    await settle();
    expect([about(mine), mine.getSnapshot().stream]).toEqual(['on on off', other]);
    await mine.toggle('audio');
    expect([about(mine), other.isMuted('audio')]).toEqual(['muted muted off', true]);
    disconnect();
    await settle();
    expect(published()).toEqual(['MIC']);
    mine.connect(adopting);
    expect(about(mine)).toBe('muted muted off');
    await other.unpublish();
    await settle();
    expect(about(mine)).toBe('off off off');
  });

  it('can end it, and publish instead of it', async () => {
    const { mine } = connected(adopting());
    await ada.publishStream({ microphone: true });
    await settle();
    await mine.stop();
    await settle();
    expect([about(mine), published()]).toEqual(['off off off', []]);
    await ada.publishStream({ microphone: true, muted: true });
    await settle();
    await mine.toggle('video');
    await settle();
    expect([about(mine), published()]).toEqual(['on muted on', ['MIC_AND_CAM']]);
  });

  it('needs the option, and a stream from the same source', async () => {
    const { mine: aloof } = connected(both);
    const { mine: ofScreen } = connected({ ...screen, adopt: true });
    const { mine } = connected(adopting());
    await ada.publishStream({ screen: { audio: false } });
    await settle();
    expect([aloof, mine, ofScreen].map(about)).toEqual(['off off off', 'off off off', 'on off on']);
  });

  it('leaves it alone while taking over what `join` publishes', async () => {
    const eve = await joinAs(server, 'eve', { publish: both });
    const other = await eve.publishStream({ microphone: true });
    const mine = createPublication(eve);
    mine.connect(() => ({ ...both, fromJoin: true, adopt: true }));
    await settle();
    expect([about(mine), mine.getSnapshot().stream]).toEqual(['on on on', await eve.published]);
    expect(eve.state.getSnapshot().ownStreams).toContain(other);
  });

  it('prefers what was published here', async () => {
    const { mine } = connected(adopting());
    await mine.publish();
    const own = mine.getSnapshot().stream;
    await ada.publishStream({ microphone: true });
    await settle();
    expect(mine.getSnapshot().stream).toBe(own);
    expect(ada.state.getSnapshot().ownStreams).toHaveLength(2);
  });
});
