import { describe, expect, it } from 'vitest';
import { aMediaStream, fakeTracks } from '../../../testing/src/browser/fake-media.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { createPreview } from '../preview/create-preview.ts';
import { selectPermissions } from '../state/select-permissions.ts';
import { Deferred } from '../testing/deferred.ts';
import { capturedTracks } from '../testing/fake-browser.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import type { Conference } from './conference.ts';

let server: FakeServer;
const host = { userId: 'host', userEndpointId: 'host-1' };

useFakeConference((fakes) => {
  ({ server } = fakes);
  server.hasModeration = true;
});

const notPermitted = (right: string) => ({ code: 'ERR_NOT_PERMITTED', right });
const live = () => capturedTracks.filter(({ readyState }) => readyState === 'live').map(({ kind }) => kind);

async function permit(changes: Parameters<FakeServer['changePermissions']>[1]): Promise<void> {
  server.changePermissions('ada', changes, host);
  await settle();
}

describe('without the right', () => {
  it.each([
    ['a camera', { camera: true }, ['MIC', 'SCREEN']],
    ['a microphone', { microphone: true }, ['CAM']],
    ['a camera with a microphone', { camera: true, microphone: true, allowMissing: true }, ['MIC']],
    ['a screen', { screen: true }, ['MIC', 'CAM']],
  ] as const)('%s is refused before its device opens', async (_what, options, publish) => {
    server.moderation.permit('ada', { publish });
    const ada = await joinAs(server, 'ada');
    expect(await rejectionOf(ada.publishStream(options))).toMatchObject(notPermitted('publish'));
    expect(capturedTracks).toEqual([]);
    expect(server.callsOf('publishStream')).toEqual([]);
  });

  it("the app's own media is refused and keeps running", async () => {
    server.moderation.permit('ada', { publish: ['MIC'] });
    const ada = await joinAs(server, 'ada');
    const mediaStream = aMediaStream('video');
    const refusal = await rejectionOf(ada.publishStream({ mediaStream, type: 'CAM' }));
    expect(refusal).toMatchObject(notPermitted('publish'));
    expect(fakeTracks(mediaStream)[0]?.readyState).toBe('live');
  });

  it('a preview is refused when it turns out what it holds', async () => {
    server.moderation.permit('ada', { publish: ['MIC'] });
    const ada = await joinAs(server, 'ada');
    const preview = await createPreview({ camera: true });
    expect(await rejectionOf(ada.publishStream({ preview }))).toMatchObject(notPermitted('publish'));
    expect(live()).toEqual([]);
    expect(server.callsOf('publishStream')).toEqual([]);
  });

  it('publishing together with joining fails alone, and frees its device', async () => {
    server.moderation.permit('ada', { publish: [] });
    const ada = await joinAs(server, 'ada', { publish: { microphone: true } });
    expect(await rejectionOf(ada.published as Promise<unknown>)).toMatchObject(notPermitted('publish'));
    await settle();
    expect(live()).toEqual([]);
    expect(ada.state.getSnapshot().connection).toBe('connected');
  });

  it('views and messages are refused without a request', async () => {
    server.moderation.permit('ada', { view: false, send: false });
    const bob = await joinAs(server, 'bob');
    const { id } = await bob.publishStream({ microphone: true });
    const ada = await joinAs(server, 'ada');
    expect(await rejectionOf(ada.viewStream(id))).toMatchObject(notPermitted('view'));
    expect(await rejectionOf(ada.send('chat', 'Hi'))).toMatchObject(notPermitted('send'));
    expect(await rejectionOf(ada.request('who', null, { to: bob.endpointId }))).toMatchObject(
      notPermitted('send'),
    );
    expect([...server.callsOf('viewStream'), ...server.callsOf('sendMessages')]).toEqual([]);
  });
});

describe('a right that is taken while its event is still on its way', () => {
  it.each(['publish', 'view', 'send'] as const)('is named by the same error: %s', async (right) => {
    const bob = await joinAs(server, 'bob');
    const { id } = await bob.publishStream({ microphone: true });
    const ada = await joinAs(server, 'ada');
    await settle();
    server.intercept = ({ operation }) => {
      if (!['publishStream', 'viewStream', 'sendMessages'].includes(operation)) return;
      server.intercept = () => {};
      server.changePermissions('ada', { publish: [], view: false, send: false }, host);
    };
    const calls = {
      publish: () => ada.publishStream({ camera: true }),
      view: () => ada.viewStream(id),
      send: () => ada.send('chat', 'Hi'),
    };
    expect(await rejectionOf(calls[right]())).toMatchObject(notPermitted(right));
    await settle();
    expect(live()).toEqual(['audio']);
    expect(FakePeerConnection.open.size).toBe(1);
  });
});

describe('a right that a moderator takes', () => {
  let ada: Conference;
  let heard: string[];

  async function begin(): Promise<void> {
    ada = await joinAs(server, 'ada');
    heard = listenTo(ada);
  }

  it('closes what needs it, frees the devices, and tells why, without trying to restore it', async () => {
    await begin();
    const errors: unknown[] = [];
    ada.on('error', ({ error }) => void errors.push(error));
    const camera = await ada.publishStream({ camera: true });
    const microphone = await ada.publishStream({ microphone: true });
    await permit({ publish: ['MIC'] });
    expect(camera.connectionState).toBe('closed');
    expect(microphone.connectionState).not.toBe('closed');
    expect(live()).toEqual(['audio']);
    expect(errors).toMatchObject([{ code: 'ERR_NOT_PERMITTED', right: 'publish', streamId: camera.id }]);
    expect(heard).toEqual([
      'error ERR_NOT_PERMITTED',
      'permissions-changed ada MIC true true host',
      expect.stringContaining('metadata-updated PARLEY_PERMISSIONS/'),
    ]);
    expect(server.callsOf('publishStream')).toHaveLength(2);
    expect(server.callsOf('unpublishStream')).toEqual([]);
    expect(server.conference?.participants).toMatchObject([{ streams: [{ type: 'MIC' }] }]);
    expect(await rejectionOf(camera.mute('video'))).toMatchObject({ code: 'ERR_STREAM_NOT_FOUND' });
  });

  it('closes views, and names the stream of each', async () => {
    const bob = await joinAs(server, 'bob');
    const { id } = await bob.publishStream({ microphone: true });
    await begin();
    const errors: unknown[] = [];
    ada.on('error', ({ error }) => void errors.push(error));
    const view = await ada.viewStream(id);
    await permit({ view: false });
    expect(view.connectionState).toBe('closed');
    expect(errors).toMatchObject([{ code: 'ERR_NOT_PERMITTED', right: 'view', streamId: id }]);
    expect(server.callsOf('stopViewStream')).toEqual([]);
    expect(server.views.size).toBe(0);
  });

  it('turns nothing on when it comes back', async () => {
    await begin();
    await ada.publishStream({ camera: true });
    await permit({ publish: [] });
    await permit({ publish: ['MIC', 'CAM', 'SCREEN'] });
    expect(selectPermissions(ada.state.getSnapshot()).publishSources).toEqual(['MIC', 'CAM', 'SCREEN']);
    expect(live()).toEqual([]);
    expect(server.callsOf('publishStream')).toHaveLength(1);
    await ada.publishStream({ camera: true });
    expect(live()).toEqual(['video']);
  });

  it('rejects what is still opening', async () => {
    await begin();
    const gate = new Deferred<void>();
    server.intercept = ({ operation }) => (operation === 'publishStream' ? gate.promise : undefined);
    const publishing = rejectionOf(ada.publishStream({ camera: true }));
    await settle();
    await permit({ publish: [] });
    expect(await publishing).toMatchObject(notPermitted('publish'));
    gate.resolve();
    await settle();
    expect(live()).toEqual([]);
    expect(server.conference?.participants).toMatchObject([{ streams: [] }]);
    expect(heard.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  it('also closes the stream when its end arrives before the reason', async () => {
    await begin();
    const mine = await ada.publishStream({ camera: true });
    await settle();
    const permissions = server.moderation.permit('ada', { publish: [] });
    const who = { userId: 'ada', userEndpointId: ada.endpointId };
    server.intercept = ({ operation, command }) => {
      if (operation !== 'publishStream') return;
      // The refusal of the new attempt may arrive before the event, too.
      const { streamId } = command as { readonly streamId: string };
      expect(streamId).not.toBe(mine.id);
      server.intercept = () => {};
      const value = JSON.stringify(permissions);
      const key = `PARLEY_PERMISSIONS/${ada.endpointId}`;
      server.append({ type: 'ConferenceMetadataUpdatedEvent', ...host, operation: 'SET', key, value });
    };
    server.unpublish(who, mine.id, 'CAM');
    await settle();
    expect(mine.connectionState).toBe('closed');
    expect(live()).toEqual([]);
    expect(heard.filter((line) => line.startsWith('error'))).toEqual(['error ERR_NOT_PERMITTED']);
  });

  it('is noticed on rejoining, when it was taken while we were outside', async () => {
    await begin();
    const mine = await ada.publishStream({ camera: true });
    await settle();
    const gate = new Deferred<void>();
    server.intercept = ({ operation }) => (operation === 'join' ? gate.promise : undefined);
    server.endpoints.clear();
    server.removeEndpoint(ada.endpointId);
    await settle();
    expect(selectPermissions(ada.state.getSnapshot()).publishSources).toEqual(['MIC', 'CAM', 'SCREEN']);
    server.moderation.permit('ada', { publish: [] });
    gate.resolve();
    await settle();
    expect(mine.connectionState).toBe('closed');
    expect(live()).toEqual([]);
    expect(heard).toContain('permissions-changed ada  true true undefined');
    expect(heard).toContain('error ERR_NOT_PERMITTED');
    expect(server.callsOf('publishStream')).toHaveLength(1);
  });
});

it('announces the permissions of other participants and who changed them, apart from their other changes', async () => {
  const bob = await joinAs(server, 'bob');
  const heard = listenTo(bob);
  await joinAs(server, 'ada');
  await permit({ send: false });
  expect(heard).toEqual([
    'participant-joined ada',
    'permissions-changed ada MIC+CAM+SCREEN true false host',
    expect.stringContaining('metadata-updated PARLEY_PERMISSIONS/'),
  ]);
});

it('enforces nothing on a server without permissions, whatever entries say', async () => {
  server.hasModeration = false;
  const ada = await joinAs(server, 'ada');
  const heard = listenTo(ada);
  await ada.setMetadata(`PARLEY_PERMISSIONS/${ada.endpointId}`, '{"publish":[],"view":false,"send":false}');
  const mine = await ada.publishStream({ camera: true });
  expect(mine.connectionState).not.toBe('closed');
  expect(heard.filter((line) => line.startsWith('permissions'))).toEqual([]);
});
