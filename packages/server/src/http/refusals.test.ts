import { expect, it } from 'vitest';
import { Caller, startTestServer } from '../testing/test-server.ts';

const newMetadata = {};

/** The expected error response. */
function anError(status: number, error: string, description = /\w/): object {
  return { status, body: { error, error_description: expect.stringMatching(description) } };
}

it('refuses callers without a token, with a foreign one and with an expired one', async () => {
  const { url, service, clock } = await startTestServer();
  const anonymous = new Caller(url, { access_token: '', token_type: 'bearer', expires_in: 0 });
  const answer = await anonymous.call('getActive');
  expect(answer).toMatchObject(anError(401, 'invalid_token', /Bearer/));
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  const { service: stranger } = await startTestServer();
  expect(
    await new Caller(url, { ...blankToken, access_token: stranger.token }).call('getActive'),
  ).toMatchObject(anError(401, 'invalid_token'));

  expect((await service.call('getActive')).status).toBe(200);
  clock.advance(15 * 60_000);
  expect(await service.call('getActive')).toMatchObject(anError(401, 'invalid_token', /expired/));
});

const blankToken = { access_token: '', token_type: 'bearer', expires_in: 0 };

it('responds 422 to joining twice, without an event', async () => {
  const { service } = await startTestServer();
  const conferenceId = await service.create();
  const userEndpointId = await service.join(conferenceId);
  expect(await service.call('join', { body: { conferenceId, userEndpointId } })).toMatchObject(
    anError(422, 'already_joined'),
  );
  expect(await service.events(conferenceId)).toHaveLength(2);
});

it('responds 404 to every request on an unknown conference', async () => {
  const { service } = await startTestServer();
  const userEndpointId = await service.register();
  const params = { id: 'nowhere' };
  const about = { conferenceId: 'nowhere', userEndpointId };
  for (const read of ['getConference', 'getSimpleView', 'getEvents']) {
    expect(await service.call(read, { params })).toMatchObject(anError(404, 'not_found'));
  }
  const commands: Record<string, object> = {
    join: about,
    leave: about,
    end: about,
    updateMetadata: { ...about, operation: 'SET', key: 'k', value: 'v' },
    updateParticipantMetadata: { ...about, newMetadata },
    publishStream: { ...about, conferenceStreamType: 'CAM', sdpOffer: 'v=0' },
    viewStream: { ...about, streamId: 's', sdpOffer: 'v=0' },
    setInteraction: { ...about, interactionId: 'i' },
    sendEvent: { conferenceId: 'nowhere', event: { type: 'AThingEvent', timestamp: '2026-01-05T10:00:00Z' } },
  };
  for (const [operationId, body] of Object.entries(commands)) {
    expect(await service.call(operationId, { body })).toMatchObject(anError(404, 'not_found', /nowhere/));
  }
});

it('responds 400 to commands of a registered endpoint that has not joined', async () => {
  const { service } = await startTestServer();
  const conferenceId = await service.create();
  const about = { conferenceId, userEndpointId: await service.register(), streamId: 's' };
  const commands: Record<string, object> = {
    updateMetadata: { ...about, operation: 'SET', key: 'k', value: 'v' },
    updateParticipantMetadata: { ...about, newMetadata },
    updateStreamMetadata: { ...about, newMetadata },
    updatePublishedStreamBitrate: { ...about, videoBitrate: 0 },
    publishStream: { ...about, conferenceStreamType: 'CAM', sdpOffer: 'v=0' },
    unpublishStream: about,
    addPublishStreamIceCandidates: { ...about, iceCandidates: [] },
    viewStream: { ...about, sdpOffer: 'v=0' },
    updateViewStream: { ...about, viewerId: 'v', video: {} },
    stopViewStream: { ...about, viewerId: 'v' },
    addViewStreamIceCandidates: { ...about, viewerId: 'v', iceCandidates: [] },
  };
  for (const [operationId, body] of Object.entries(commands)) {
    expect(await service.call(operationId, { body })).toMatchObject(anError(400, 'not_joined', /join/));
  }
});

it("responds 403 to another user's endpoint and 404 to an unregistered one", async () => {
  const { service, login } = await startTestServer();
  const user = await login('user');
  const conferenceId = await service.create();
  const userEndpointId = await service.join(conferenceId);
  for (const operationId of ['join', 'leave', 'end']) {
    expect(await user.call(operationId, { body: { conferenceId, userEndpointId } })).toMatchObject(
      anError(403, 'forbidden', /endpoint/),
    );
    const unregistered = { conferenceId, userEndpointId: 'nobody' };
    expect(await user.call(operationId, { body: unregistered })).toMatchObject(
      anError(404, 'not_found', /[Rr]egister/),
    );
  }
  expect(await user.call('keepAliveUserEndpoint', { body: { userEndpointId } })).toMatchObject(
    anError(403, 'forbidden'),
  );
  expect(await user.call('unregisterUserEndpoint', { body: { userEndpointId } })).toMatchObject(
    anError(403, 'forbidden'),
  );
  expect(await user.call('create', { body: { creatorEndpoint: userEndpointId } })).toMatchObject(
    anError(403, 'forbidden'),
  );
  const registration = { userEndpointId, keepAliveSeconds: 5 };
  expect(await user.call('registerUserEndpoint', { body: registration })).toMatchObject(
    anError(403, 'forbidden'),
  );
});

it('responds 403 to callers of another organization, and does not list its conferences to them', async () => {
  const { service, login } = await startTestServer();
  const foreigner = await login('foreigner');
  const conferenceId = await service.create();
  const userEndpointId = await foreigner.register();
  expect(await foreigner.call('getConference', { params: { id: conferenceId } })).toMatchObject(
    anError(403, 'forbidden', /organization/),
  );
  expect(await foreigner.call('getEvents', { params: { id: conferenceId } })).toMatchObject(
    anError(403, 'forbidden'),
  );
  expect(await foreigner.call('join', { body: { conferenceId, userEndpointId } })).toMatchObject(
    anError(403, 'forbidden'),
  );
  expect(await foreigner.call('end', { body: { conferenceId, userEndpointId } })).toMatchObject(
    anError(403, 'forbidden'),
  );
  expect(await foreigner.do('getActive')).toEqual([]);
});

it('restricts ticket holders to their conference', async () => {
  const { service, guest } = await startTestServer();
  const customer = await guest(await service.create());
  const elsewhere = await service.create();
  const userEndpointId = await customer.register();
  expect(await customer.call('join', { body: { conferenceId: elsewhere, userEndpointId } })).toMatchObject(
    anError(403, 'forbidden', /ticket/),
  );
  expect(await customer.call('getConference', { params: { id: elsewhere } })).toMatchObject(
    anError(403, 'forbidden'),
  );
  expect(await customer.call('create', { body: {} })).toMatchObject(anError(403, 'forbidden'));
  expect(await customer.call('getActive')).toMatchObject(anError(403, 'forbidden'));
  expect(await customer.call('createTicket', { body: { type: 'MULTI_USE_TICKET' } })).toMatchObject(
    anError(403, 'forbidden'),
  );
});

it('lets only the creator, SERVICE and AGENT end a conference', async () => {
  const { service, login, guest } = await startTestServer();
  const user = await login('user');
  const conferenceId = await service.create();
  const customer = await guest(conferenceId);
  for (const caller of [user, customer]) {
    const body = { conferenceId, userEndpointId: await caller.register() };
    expect(await caller.call('end', { body })).toMatchObject(anError(403, 'forbidden'));
  }
  const own = await user.create();
  expect(
    (await user.call('end', { body: { conferenceId: own, userEndpointId: await user.register() } })).status,
  ).toBe(204);
});

it('requires SERVICE and a valid type for sendEvent', async () => {
  const { service, login } = await startTestServer();
  const user = await login('user');
  const conferenceId = await service.create();
  const event = { type: 'DocumentSignedEvent', timestamp: '2026-01-05T10:00:00.5Z' };
  expect(await user.call('sendEvent', { body: { conferenceId, event } })).toMatchObject(
    anError(403, 'forbidden', /SERVICE/),
  );
  for (const type of ['ConferenceJoinedEvent', 'documentSignedEvent', 'Event', 'DocumentSigned']) {
    const body = { conferenceId, event: { ...event, type } };
    expect(await service.call('sendEvent', { body })).toMatchObject(
      anError(400, 'invalid_request', /event\.type/),
    );
  }
});

it('treats an identical create of the same creator as a repetition, and refuses any other with that id', async () => {
  const { service, login } = await startTestServer();
  const body = { conferenceId: 'room', metadata: { topic: 'x' } };
  await service.create(body);
  expect(await service.create(body)).toBe('room');
  const other = { conferenceId: 'room', metadata: { topic: 'y' } };
  expect(await service.call('create', { body: other })).toMatchObject(anError(400, 'already_exists'));
  expect(await (await login('user')).call('create', { body })).toMatchObject(anError(400, 'already_exists'));
  expect(await (await login('foreigner')).call('create', { body })).toMatchObject(
    anError(400, 'already_exists'),
  );
  expect(await service.events('room')).toHaveLength(1);
});

it('responds 404 to a repeated leave, unpublish, stopView or end', async () => {
  const { service } = await startTestServer();
  const conferenceId = await service.create();
  const userEndpointId = await service.join(conferenceId);
  const streamId = await service.publish(conferenceId, userEndpointId);
  const about = { conferenceId, userEndpointId };
  const { viewerId } = await service.do<{ viewerId: string }>('viewStream', {
    body: { ...about, streamId, sdpOffer: 'v=0' },
  });
  const steps: readonly (readonly [string, object])[] = [
    ['stopViewStream', { ...about, streamId, viewerId }],
    ['unpublishStream', { ...about, streamId }],
    ['leave', about],
    ['end', about],
  ];
  for (const [operationId, body] of steps) {
    expect((await service.call(operationId, { body })).status).toBe(204);
    expect(await service.call(operationId, { body })).toMatchObject(anError(404, 'not_found'));
  }
  expect(await service.events(conferenceId)).toHaveLength(6);
});

it('names the wrong field and its expected value', async () => {
  const { service } = await startTestServer();
  const about = { conferenceId: 'c', userEndpointId: 'e', streamId: 's' };
  const publish = { ...about, conferenceStreamType: 'CAM', sdpOffer: 'v=0' };
  const wrong: readonly (readonly [string, object, RegExp])[] = [
    ['join', { conferenceId: 'c' }, /^userEndpointId is missing/],
    ['join', { conferenceId: 7, userEndpointId: 'e' }, /^conferenceId must be string/],
    ['join', { conferenceId: '', userEndpointId: 'e' }, /^conferenceId must NOT have fewer than 1/],
    ['join', [], /^The body must be object/],
    ['publishStream', { ...about, conferenceStreamType: 'CAM' }, /^sdpOffer is missing/],
    ['publishStream', { ...publish, conferenceStreamType: 'FILM' }, /MIC, CAM, SCREEN, MIC_AND_CAM/],
    ['publishStream', { ...publish, videoBitrate: 20_000 }, /^videoBitrate must be 0 or must be >= 30000/],
    ['publishStream', { ...publish, videoBitrate: 2 ** 31 }, /^videoBitrate/],
    ['updateStreamMetadata', about, /^newMetadata is missing/],
    ['updatePublishedStreamBitrate', about, /^videoBitrate is missing/],
    ['viewStream', { ...about, sdpOffer: 'v=0', metadata: { a: 1 } }, /^metadata\.a must be string/],
    [
      'addPublishStreamIceCandidates',
      { ...about, iceCandidates: [{ candidate: 1 }] },
      /^iceCandidates\[0\]\.candidate/,
    ],
    ['updateMetadata', { ...about, operation: 'DROP', key: 'k' }, /^operation must be one of SET, REMOVE/],
    ['create', { metadata: { a: null } }, /^metadata\.a must be string/],
    ['registerUserEndpoint', { keepAliveSeconds: 0 }, /^keepAliveSeconds must be >= 1/],
  ];
  for (const [operationId, body, description] of wrong) {
    expect(await service.call(operationId, { body })).toMatchObject(
      anError(400, 'invalid_request', description),
    );
  }
  const query = { v: 'x' };
  expect(await service.call('getEvents', { params: { id: 'c' }, query })).toMatchObject(
    anError(400, 'invalid_request', /^v must be integer/),
  );
});

it('distinguishes a bad offer from a missing stream', async () => {
  const { service } = await startTestServer();
  const conferenceId = await service.create();
  const userEndpointId = await service.join(conferenceId);
  const about = { conferenceId, userEndpointId };
  const bad = { ...about, conferenceStreamType: 'CAM', sdpOffer: 'no SDP' };
  expect(await service.call('publishStream', { body: bad })).toMatchObject(
    anError(400, 'invalid_request', /offer/),
  );
  const unknown = { ...about, streamId: 'nothing', sdpOffer: 'v=0' };
  expect(await service.call('viewStream', { body: unknown })).toMatchObject(anError(404, 'not_found'));
  expect(await service.events(conferenceId)).toHaveLength(2);
});

it('keeps an ended conference readable for five minutes, but not writable', async () => {
  const { service, clock } = await startTestServer();
  const conferenceId = await service.create();
  const userEndpointId = await service.join(conferenceId);
  const about = { conferenceId, userEndpointId };
  await service.do('end', { body: about });
  expect(await service.call('join', { body: about })).toMatchObject(anError(404, 'not_found', /ended/));
  clock.advance(5 * 60_000 - 1);
  const params = { id: conferenceId };
  expect(await service.do('getConference', { params })).toMatchObject({ empty: true, participants: [] });
  expect(await service.events(conferenceId, 1)).toMatchObject([{ type: 'ConferenceEndedEvent' }]);
  clock.advance(1);
  expect(await service.call('getConference', { params })).toMatchObject(anError(404, 'not_found'));
  expect(await service.call('getEvents', { params, query: { v: 1 } })).toMatchObject(
    anError(404, 'not_found'),
  );
});
