import { randomUUID } from 'node:crypto';
import type { ViewStreamResult } from '@parley-rtc/contract';
import { decision, seed } from '../rules/rule.ts';
import { group, type Check } from '../stage/check.ts';
import { expectEqual, expectStatus, expectText } from '../stage/expect.ts';
import { anOffer } from '../stage/offers.ts';
import type { Room, Stage } from '../stage/stage.ts';

/** A publisher, a viewer and the stream between them. */
async function audience(stage: Stage): Promise<{ publisher: Room; viewer: Room; streamId: string }> {
  const publisher = await stage.room();
  const streamId = await stage.publish(publisher);
  return { publisher, viewer: await stage.enter(publisher.conferenceId), streamId };
}

function offer(): { readonly sdpOffer: string } {
  return { sdpOffer: anOffer('recvonly', 'audio', 'video') };
}

/** Viewing streams. */
export const viewChecks: readonly Check[] = group('view', [
  {
    id: 'view',
    sentence: 'A view returns the viewer id in the command.',
    rule: seed('viewStream', '200 with viewerId and sdpAnswer; viewerId: optional'),
    run: async (stage) => {
      const { viewer, streamId } = await audience(stage);
      const body = { ...viewer.about, streamId, viewerId: randomUUID(), ...offer() };
      const answer = await stage.caller.call<ViewStreamResult>('viewStream', { body });
      expectStatus(answer, 200);
      expectEqual('viewerId', answer.body.viewerId, body.viewerId);
      expectText('sdpAnswer', answer.body.sdpAnswer);
    },
  },
  {
    id: 'view-without-id',
    sentence: 'Without viewerId, the server generates one.',
    rule: decision(13, 'generate if missing; echo'),
    run: async (stage) => {
      const { viewer, streamId } = await audience(stage);
      const body = { ...viewer.about, streamId, ...offer() };
      const { viewerId } = await stage.caller.need<ViewStreamResult>('viewStream', { body });
      expectText('viewerId', viewerId);
    },
  },
  {
    id: 'view-again',
    sentence: 'The same viewer id replaces the view of the same stream, and gives 400 for another stream.',
    rule: decision(13, 'the same viewerId on the same stream replaces the old one, with another stream 400'),
    run: async (stage) => {
      const { publisher, viewer, streamId } = await audience(stage);
      const viewerId = await stage.view(viewer, streamId);
      const again = { ...viewer.about, streamId, viewerId, ...offer() };
      expectStatus(await stage.caller.call('viewStream', { body: again }), 200);
      const elsewhere = { ...again, streamId: await stage.publish(publisher, 'SCREEN') };
      expectStatus(await stage.caller.call('viewStream', { body: elsewhere }), 400);
    },
  },
  {
    id: 'view-unknown-stream',
    sentence: 'Viewing an unknown stream gives 404.',
    rule: decision(35, '404 for an unknown stream'),
    run: async (stage) => {
      const { about } = await stage.room();
      const body = { ...about, streamId: randomUUID(), ...offer() };
      expectStatus(await stage.caller.call('viewStream', { body }), 404);
    },
  },
  {
    id: 'publishers-endpoint',
    sentence: 'View calls accept the publisher’s endpoint in place of the viewer’s.',
    rule: decision(12, 'accept own endpoint, or the stream owner’s endpoint as compatibility'),
    run: async (stage) => {
      const { publisher, streamId } = await audience(stage);
      const body = { ...publisher.about, streamId, viewerId: randomUUID() };
      expectStatus(await stage.caller.call('viewStream', { body: { ...body, ...offer() } }), 200);
      const candidates = { ...body, iceCandidates: [] };
      expectStatus(await stage.caller.call('addViewStreamIceCandidates', { body: candidates }), 204);
      expectStatus(await stage.caller.call('stopViewStream', { body }), 204);
    },
  },
  {
    id: 'candidates',
    sentence: "A viewer's candidates are accepted: many, none, and the empty end-of-candidates.",
    rule: decision(34, 'accept empty list and an empty candidate string as end-of-candidates'),
    run: async (stage) => {
      const { viewer, streamId } = await audience(stage);
      const viewerId = await stage.view(viewer, streamId);
      const candidate = 'candidate:1 1 udp 2122260223 127.0.0.1 9 typ host';
      for (const iceCandidates of [[], [{ candidate, sdpMid: '0' }], [{ candidate: '' }]]) {
        const body = { ...viewer.about, streamId, viewerId, iceCandidates };
        expectStatus(await stage.caller.call('addViewStreamIceCandidates', { body }), 204);
      }
    },
  },
  {
    id: 'stop',
    sentence: 'Stopping a view answers 204; again gives 404.',
    rule: decision(32, 'stopViewStream on an unknown viewer: 404'),
    run: async (stage) => {
      const { viewer, streamId } = await audience(stage);
      const body = { ...viewer.about, streamId, viewerId: await stage.view(viewer, streamId) };
      expectStatus(await stage.caller.call('stopViewStream', { body }), 204);
      expectStatus(await stage.caller.call('stopViewStream', { body }), 404);
    },
  },
  {
    id: 'stop-own-endpoint',
    sentence: "Stopping with the client's own endpoint as viewer id, as iOS does, gives 404.",
    rule: decision(32, 'stopViewStream on an unknown viewer: 404'),
    run: async (stage) => {
      const { viewer, streamId } = await audience(stage);
      await stage.view(viewer, streamId);
      const body = { ...viewer.about, streamId, viewerId: viewer.userEndpointId };
      expectStatus(await stage.caller.call('stopViewStream', { body }), 404);
    },
  },
  {
    id: 'metadata-texts',
    sentence: 'View metadata accepts only text values; anything else gives 400.',
    rule: decision(18, 'viewStream.metadata is string to string; reject non-strings'),
    run: async (stage) => {
      const { viewer, streamId } = await audience(stage);
      const body = { ...viewer.about, streamId, ...offer() };
      expectStatus(
        await stage.caller.call('viewStream', { body: { ...body, metadata: { why: 'test' } } }),
        200,
      );
      expectStatus(await stage.caller.call('viewStream', { body: { ...body, metadata: { why: 1 } } }), 400);
    },
  },
  {
    id: 'no-trace',
    sentence: "Views cause no events in the conference's history.",
    rule: seed('ConferenceEvent', 'events are about the conference; none is listed for a viewer'),
    run: async (stage) => {
      const { viewer, streamId } = await audience(stage);
      const steps = await stage.stepsOf(viewer.conferenceId, async () => {
        const viewerId = await stage.view(viewer, streamId);
        await stage.caller.need('stopViewStream', { body: { ...viewer.about, streamId, viewerId } });
      });
      expectEqual('version steps', steps, 0);
    },
  },
]);
