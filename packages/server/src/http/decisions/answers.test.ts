import { decodeEvent, type WireConference, type WireSimpleView } from '@parley-rtc/contract';
import { describe, expect, it } from 'vitest';
import { anError } from '../../testing/an-error.ts';
import { checkEvent } from '../../testing/answer-schemas.ts';
import { startTestServer } from '../../testing/test-server.ts';

describe('events', () => {
  it('row 7: v is optional; without it the whole history is returned, including the creation', async () => {
    const { service } = await startTestServer();
    const conferenceId = await service.create();
    await service.join(conferenceId);
    const types = (await service.events(conferenceId)).map(({ type }) => type);
    expect(types).toEqual(['ConferenceCreatedEvent', 'ConferenceJoinedEvent']);
  });

  it('row 8: every event carries who caused it and all fields of its type', async () => {
    const { service } = await startTestServer();
    const conferenceId = await service.create({ metadata: { topic: 'demo' } });
    const userEndpointId = await service.join(conferenceId, { name: 'Ada' });
    const streamId = await service.publish(conferenceId, userEndpointId, 'CAM');
    const about = { conferenceId, userEndpointId };
    await service.do('updateStreamMetadata', { body: { ...about, streamId, newMetadata: { a: 1 } } });
    await service.do('unpublishStream', { body: { ...about, streamId } });
    await service.do('end', { body: { ...about, reason: 'done' } });
    const [, ...events] = await service.events(conferenceId);
    for (const event of events) {
      checkEvent(event);
      expect(decodeEvent(event).type).toBe(event.type);
      expect(event).toMatchObject({ userId: 'service', userEndpointId, organizationId: 'o-1' });
    }
    const [joined, published, described, unpublished, ended] = events;
    expect(joined).toMatchObject({ metadata: { name: 'Ada' } });
    expect(published).toMatchObject({ streamId, streamType: 'CAM', videoBitrate: 0 });
    expect(described).toMatchObject({ streamId, newMetadata: { a: 1 } });
    expect(unpublished).toMatchObject({ streamId, streamType: 'CAM' });
    expect(ended).toMatchObject({ reason: 'done' });
  });

  it('row 9: events are returned from v on, ascending; after 20 seconds without any, an empty list', async () => {
    const { service, clock } = await startTestServer();
    const conferenceId = await service.create();
    const userEndpointId = await service.join(conferenceId);
    for (const value of ['a', 'b']) {
      const change = { operation: 'SET', key: 'k', value };
      await service.do('updateMetadata', { body: { conferenceId, userEndpointId, ...change } });
    }
    const versions = (await service.events(conferenceId, 1)).map((event) => event.conferenceVersion);
    expect(versions).toEqual([1, 2]);
    const timers = clock.timerCount;
    const poll = service.events(conferenceId, 3);
    await expect.poll(() => clock.timerCount).toBe(timers + 1);
    clock.advance(20_000);
    expect(await poll).toEqual([]);
  });

  it('row 24: timestamps have three decimals and Z; sendEvent takes any ISO instant', async () => {
    const { service } = await startTestServer();
    const conferenceId = await service.create();
    await service.join(conferenceId);
    for (const { timestamp } of await service.events(conferenceId)) {
      expect(timestamp).toBe('2026-01-05T10:00:00.123Z');
    }
    const send = async (timestamp: string) => {
      const event = { type: 'DocumentSignedEvent', timestamp };
      return (await service.call('sendEvent', { body: { conferenceId, event } })).status;
    };
    for (const good of ['2026-01-05T10:00:00Z', '2026-01-05T10:00:00.123456Z', '2026-01-05T12:00:00+02:00']) {
      expect(await send(good)).toBe(200);
    }
    for (const bad of ['today', '2026-01-05', '2026-13-05T10:00:00Z']) expect(await send(bad)).toBe(400);
  });

  it('row 30: sendEvent needs SERVICE and a proper name, takes no version and counts its endpoints', async () => {
    const { service, login } = await startTestServer();
    const conferenceId = await service.create();
    await service.join(conferenceId);
    await service.join(conferenceId);
    const event = { type: 'DocumentSignedEvent', timestamp: '2026-01-05T10:00:00Z', conferenceVersion: 7 };
    const body = { conferenceId, event, masks: ['$.secret'] };
    expect(await (await login('user')).call('sendEvent', { body })).toMatchObject(anError(403, 'forbidden'));
    for (const type of ['ConferenceLeftEvent', 'Event', 'signedEvent', 'DocumentSigned', '']) {
      const misnamed = { ...body, event: { ...event, type } };
      expect(await service.call('sendEvent', { body: misnamed })).toMatchObject(anError(400));
    }
    expect(await service.do('sendEvent', { body })).toEqual({ eventsSent: 2 });
    expect(await service.events(conferenceId)).toHaveLength(3);
  });

  it('row 31: both values of qos are accepted, and neither enters the versioned history', async () => {
    const { service } = await startTestServer();
    const conferenceId = await service.create();
    await service.join(conferenceId);
    const event = { type: 'DocumentSignedEvent', timestamp: '2026-01-05T10:00:00Z' };
    for (const qos of ['BEST_EFFORT', 'AT_LEAST_ONCE']) {
      expect(await service.do('sendEvent', { body: { conferenceId, event, qos } })).toEqual({
        eventsSent: 1,
      });
    }
    expect(await service.events(conferenceId)).toHaveLength(2);
  });

  it('row 41: an ended conference and its last events are readable for five minutes, then 404', async () => {
    const { service, clock } = await startTestServer();
    const conferenceId = await service.create();
    const userEndpointId = await service.join(conferenceId);
    await service.do('end', { body: { conferenceId, userEndpointId } });
    const reads = ['getConference', 'getSimpleView', 'getEvents'];
    clock.advance(5 * 60_000 - 1);
    for (const operationId of reads) {
      expect((await service.call(operationId, { params: { id: conferenceId } })).status).toBe(200);
    }
    expect((await service.events(conferenceId, 1)).at(-1)).toMatchObject({ type: 'ConferenceEndedEvent' });
    clock.advance(1);
    for (const operationId of reads) {
      // On an engine, forgetting takes a moment.
      await expect
        .poll(() => service.call(operationId, { params: { id: conferenceId } }))
        .toMatchObject(anError(404));
    }
  });
});

describe('the form of responses', () => {
  it('row 15: errors are {error, error_description} with 400, 401, 403, 404 and 422, never 409', async () => {
    const { service, login, url } = await startTestServer();
    const conferenceId = await service.create();
    const about = { conferenceId, userEndpointId: await service.join(conferenceId) };
    const foreigner = await login('foreigner');
    const params = { id: conferenceId };
    expect(await service.call('join', { body: {} })).toMatchObject(anError(400));
    expect(await foreigner.call('getConference', { params })).toMatchObject(anError(403));
    expect(await service.call('getConference', { params: { id: 'nowhere' } })).toMatchObject(anError(404));
    expect(await service.call('join', { body: about })).toMatchObject(anError(422));
    const answers = [
      await fetch(`${url}/rtc-api/conferences/active`),
      await fetch(`${url}/no/such/path`),
      await fetch(`${url}/rtc-api/conferences/join`, { method: 'DELETE' }),
      await fetch(`${url}/rtc-api/conferences/join`, {
        method: 'POST',
        headers: { authorization: `Bearer ${service.token}`, 'content-type': 'application/json' },
        body: '{ no JSON',
      }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 404, 404, 400]);
    for (const answer of answers) {
      expect(await answer.json()).toEqual({
        error: expect.any(String),
        error_description: expect.stringMatching(/\w/),
      });
    }
  });

  it('row 16: success is exactly the documented code, 204 without a body', async () => {
    const { service } = await startTestServer();
    const created = await service.call<{ readonly id: string }>('create', { body: {} });
    const about = { conferenceId: created.body.id, userEndpointId: await service.register() };
    const joined = await service.call('join', { body: about });
    const left = await service.call('leave', { body: about });
    expect([created.status, joined.status, left.status, left.body]).toEqual([200, 200, 204, undefined]);
  });

  it('row 21: participants are endpoints in the full view and users in the simple view', async () => {
    const { service } = await startTestServer();
    const conferenceId = await service.create();
    const endpoints = [await service.join(conferenceId), await service.join(conferenceId)];
    const params = { id: conferenceId };
    const whole = await service.do<WireConference>('getConference', { params });
    expect(whole.participants?.map(({ id, userId }) => [id, userId])).toEqual(
      endpoints.map((id) => [id, 'service']),
    );
    const simple = await service.do<WireSimpleView>('getSimpleView', { params });
    expect(simple.participants?.map(({ id }) => id)).toEqual(['service']);
    expect(simple.participants?.[0]?.endpoints?.map(({ id }) => id)).toEqual(endpoints);
  });

  it('row 22: all fields are always sent, even if empty', async () => {
    const { service } = await startTestServer();
    const conferenceId = await service.create({
      interactionId: 'i',
      creatorEndpoint: await service.register(),
    });
    const empty = await service.do('getConference', { params: { id: conferenceId } });
    expect(empty).toMatchObject({ participants: [], metadata: {}, version: 0, empty: true, mode: 'ROUTER' });
    const userEndpointId = await service.join(conferenceId);
    await service.publish(conferenceId, userEndpointId);
    const [participant] =
      (await service.do<WireConference>('getConference', { params: { id: conferenceId } })).participants ??
      [];
    expect(Object.keys(participant ?? {}).toSorted()).toEqual([
      'id',
      'metadata',
      'permissions',
      'state',
      'streams',
      'userId',
    ]);
    expect(participant?.metadata).toEqual({});
    expect(participant?.streams?.[0]).toMatchObject({ metadata: {}, videoBitrate: 0 });
  });

  it('row 23: mode and stream type are upper case in the simple view', async () => {
    const { service } = await startTestServer();
    const conferenceId = await service.create();
    await service.publish(conferenceId, await service.join(conferenceId), 'MIC_AND_CAM');
    const view = await service.do<WireSimpleView>('getSimpleView', { params: { id: conferenceId } });
    expect(view.mode).toBe('ROUTER');
    expect(view.participants?.[0]?.endpoints?.[0]?.streams?.[0]?.type).toBe('MIC_AND_CAM');
  });

  it('row 25: active is not an id, words of the API are refused as ids, and the list is scoped and capped', async () => {
    const { service, login } = await startTestServer({ activeListLimit: 2 });
    for (const conferenceId of ['active', 'create', 'join', 'sendEvent', 'interaction']) {
      expect(await service.call('create', { body: { conferenceId } })).toMatchObject(anError(400));
    }
    const ids = [await service.create(), await service.create(), await service.create()];
    const listed = await service.do<readonly WireConference[]>('getActive');
    expect(listed.map(({ id }) => id)).toEqual(ids.slice(1));
    expect(await (await login('foreigner')).do('getActive')).toEqual([]);
  });

  it('row 40: browsers of any origin may call, also with the transaction header', async () => {
    const { url, service } = await startTestServer();
    const preflight = await fetch(`${url}/rtc-api/conferences/create`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://app.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,x-auvious-transactionid',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/X-Auvious-TransactionId/i);
    const created = await fetch(`${url}/rtc-api/conferences/create`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${service.token}`,
        'content-type': 'application/json',
        'x-auvious-transactionid': 't-1',
      },
      body: '{}',
    });
    expect(created.status).toBe(200);
  });
});
