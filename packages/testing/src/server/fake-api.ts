import {
  AlreadyJoinedError,
  InvalidRequestError,
  NotFoundError,
  type PushStart,
  type RtcApi,
} from '@parley-rtc/client';
import {
  conferenceToSimpleView,
  conferenceToWire,
  findParticipant,
  findStream,
  mayPublish,
  type JoinCommand,
} from '@parley-rtc/contract';
import { answerTo } from '../fake-sdp.ts';
import type { Call } from './call.ts';
import type { Reader } from './fake-messages.ts';
import {
  assertMayJoin,
  assertPermitted,
  fakeModerationApi,
  maySetEntry,
  type Fail,
} from './fake-moderation-api.ts';
import type { ServerState } from './server-state.ts';

/** Returns the API of a fake server for the user `userId`: each call checks and changes the server's state. */
export function fakeApi(server: ServerState, userId: string): RtcApi {
  const act = <Answer>(
    operation: keyof RtcApi,
    command: unknown,
    signal: AbortSignal | undefined,
    effect: (fail: Fail) => Answer | Promise<Answer>,
  ) => call(server, { operation, command }, signal, effect);
  const inside = (endpointId: string, fail: Fail) => {
    if (!server.conference) return fail(NotFoundError, 404);
    if (!findParticipant(server.conference, endpointId)) return fail(InvalidRequestError, 400, 'not_joined');
    return { userId, userEndpointId: endpointId };
  };
  const stream = (streamId: string, fail: Fail) => {
    const found = server.conference && findStream(server.conference, streamId);
    return found ?? fail(NotFoundError, 404);
  };
  const requirePosition = (start: PushStart, fail: Fail) => {
    if (server.conference && !server.hasPosition(start)) {
      fail(InvalidRequestError, 400, 'position_unavailable');
    }
  };
  const requireReader = ({ messages, userEndpointId = '' }: Reader, fail: Fail) => {
    if (server.hasMessages && messages !== undefined) inside(userEndpointId, fail);
  };
  const join = (command: JoinCommand, fail: Fail) => {
    if (!server.conference) return fail(NotFoundError, 404);
    const { userEndpointId, metadata = {} } = command;
    if (server.hasPlatformRoutes && !server.endpoints.has(userEndpointId)) return fail(NotFoundError, 404);
    if (findParticipant(server.conference, userEndpointId)) return fail(AlreadyJoinedError, 422);
    assertMayJoin(server, userId, userEndpointId, fail);
    const { moderation } = server;
    const verified = moderation.verified.get(userId);
    const standing = server.hasModeration && {
      permissions: moderation.permissionsOf(userId),
      ...(verified && { verified }),
    };
    server.append({ type: 'ConferenceJoinedEvent', userId, userEndpointId, metadata, ...standing });
    moderation.formerUsers.add(userId);
    server.messages.onJoined(userEndpointId);
    return { id: server.conference.id, version: server.conference.version };
  };
  const platform = (fail: Fail) => (server.hasPlatformRoutes ? undefined : fail(NotFoundError, 404));
  return {
    create: (command, options) =>
      act('create', command, options?.signal, () => ({ id: 'room', version: 0, mode: 'ROUTER' })),
    join: (command, options) => act('join', command, options?.signal, (fail) => join(command, fail)),
    enter: (command, options) =>
      act('enter', command, options?.signal, (fail) => {
        if (!server.entersAtOnce) return fail(NotFoundError, 404);
        server.endpoints.add(command.userEndpointId);
        join(command, fail);
        const { userEndpointId } = command;
        return {
          userEndpointId,
          conference: conferenceToWire(server.conference ?? fail(NotFoundError, 404)),
        };
      }),
    leave: (command, options) =>
      act('leave', command, options?.signal, (fail) => {
        server.removeEndpoint(inside(command.userEndpointId, fail).userEndpointId, command.reason);
      }),
    end: (command, options) =>
      act('end', command, options?.signal, (fail) => {
        const who = inside(command.userEndpointId, fail);
        server.append({ type: 'ConferenceEndedEvent', ...who, reason: command.reason });
      }),
    publishStream: (command, options) =>
      act('publishStream', command, options?.signal, (fail) => {
        const who = inside(command.userEndpointId, fail);
        const streamId = command.streamId ?? server.newId('s');
        if (command.iceRestart) {
          if (!server.restartsIce) return fail(InvalidRequestError, 400);
          stream(streamId, fail);
          return { streamId, sdpAnswer: answerTo(command.sdpOffer, undefined, streamId) };
        }
        const { conferenceStreamType: streamType, metadata = {}, videoBitrate = 0, sdpOffer } = command;
        assertPermitted(
          server,
          who.userEndpointId,
          (permissions) => mayPublish(permissions, streamType),
          fail,
        );
        server.append({
          type: 'ConferenceStreamPublishedEvent',
          ...who,
          streamId,
          streamType,
          metadata,
          videoBitrate,
        });
        return { streamId, sdpAnswer: answerTo(sdpOffer, undefined, streamId) };
      }),
    unpublishStream: (command, options) =>
      act('unpublishStream', command, options?.signal, (fail) => {
        const who = inside(command.userEndpointId, fail);
        const { type } = stream(command.streamId, fail).stream;
        server.unpublish(who, command.streamId, type);
      }),
    viewStream: (command, options) =>
      act('viewStream', command, options?.signal, (fail) => {
        inside(command.userEndpointId, fail);
        assertPermitted(server, command.userEndpointId, ({ view }) => view, fail);
        const { type } = stream(command.streamId, fail).stream;
        const viewerId = command.viewerId ?? server.newId('v');
        server.views.set(viewerId, command.streamId);
        server.viewers.set(viewerId, command.userEndpointId);
        return { viewerId, sdpAnswer: answerTo(command.sdpOffer, type, command.streamId) };
      }),
    updateViewStream: (command, options) =>
      act('updateViewStream', command, options?.signal, (fail) => {
        if (!server.views.has(command.viewerId)) fail(NotFoundError, 404);
      }),
    stopViewStream: (command, options) =>
      act('stopViewStream', command, options?.signal, (fail) => {
        if (!server.views.delete(command.viewerId)) fail(NotFoundError, 404);
      }),
    addPublishStreamIceCandidates: (command, options) =>
      act('addPublishStreamIceCandidates', command, options?.signal, (fail) => {
        stream(command.streamId, fail);
      }),
    addViewStreamIceCandidates: (command, options) =>
      act('addViewStreamIceCandidates', command, options?.signal, (fail) => {
        if (!server.views.has(command.viewerId)) fail(NotFoundError, 404);
      }),
    updateMetadata: ({ conferenceId: _id, ...command }, options) =>
      act('updateMetadata', command, options?.signal, (fail) => {
        const who = inside(command.userEndpointId, fail);
        const isDue = maySetEntry(server, { conferenceId: '', ...command }, fail);
        if (isDue) server.append({ type: 'ConferenceMetadataUpdatedEvent', ...command, ...who });
      }),
    updateParticipantMetadata: ({ newMetadata, userEndpointId }, options) =>
      act('updateParticipantMetadata', newMetadata, options?.signal, (fail) => {
        const who = inside(userEndpointId, fail);
        server.append({ type: 'ConferenceParticipantMetadataUpdatedEvent', ...who, newMetadata });
      }),
    updateStreamMetadata: ({ userEndpointId, streamId, newMetadata }, options) =>
      act('updateStreamMetadata', newMetadata, options?.signal, (fail) => {
        const who = inside(userEndpointId, fail);
        server.append({ type: 'ConferenceStreamMetadataUpdatedEvent', ...who, streamId, newMetadata });
      }),
    updatePublishedStreamBitrate: ({ userEndpointId, streamId, videoBitrate }, options) =>
      act('updatePublishedStreamBitrate', { streamId, videoBitrate }, options?.signal, (fail) => {
        const who = inside(userEndpointId, fail);
        server.append({ type: 'ConferenceStreamBitrateUpdatedEvent', ...who, streamId, videoBitrate });
      }),
    sendMessages: (command, options) =>
      act('sendMessages', command, options?.signal, (fail) => {
        if (!server.hasMessages) return fail(NotFoundError, 404);
        const who = inside(command.userEndpointId, fail);
        assertPermitted(server, who.userEndpointId, ({ send }) => send, fail);
        const { participants = [] } = server.conference ?? {};
        const isThere = (id: string) => participants.some((participant) => participant.id === id);
        if (!command.messages.every(({ to = [] }) => to.every(isThere))) {
          fail(InvalidRequestError, 400, 'unknown_recipient');
        }
        const sent = server.messages.send(who, command.messages, new Date(Date.now()).toISOString());
        server.tellMessages();
        const answer = ({ messageId, sequence, timestamp }: (typeof sent)[number]) => ({
          id: messageId,
          sequence,
          timestamp,
        });
        return { messages: sent.map(answer) };
      }),
    startRecording: (command, options) =>
      act('startRecording', command, options?.signal, (fail) => {
        if (!server.hasRecording) return fail(NotFoundError, 404);
        const who = inside(command.userEndpointId, fail);
        const isRunning = server.recordingId !== undefined;
        const startedAt = (isRunning && server.recordingStartedAt) || new Date(Date.now()).toISOString();
        server.recordingStartedAt = startedAt;
        server.recordingId ??= server.newId('recording-');
        const key = `RECORDER/server/${server.recordingId}`;
        const value = '{"on":true}';
        server.append({ type: 'ConferenceMetadataUpdatedEvent', ...who, operation: 'SET', key, value });
        return { recordingId: server.recordingId, startedAt };
      }),
    stopRecording: (command, options) =>
      act('stopRecording', command, options?.signal, (fail) => {
        if (!server.hasRecording) return fail(NotFoundError, 404);
        const who = inside(command.userEndpointId, fail);
        if (server.recordingId === undefined) return fail(NotFoundError, 404, 'not_recording');
        const key = `RECORDER/server/${server.recordingId}`;
        server.recordingId = undefined;
        server.append({ type: 'ConferenceMetadataUpdatedEvent', ...who, operation: 'REMOVE', key });
      }),
    getRecordings: () => Promise.resolve([]),
    getRecording: (id, options) =>
      act('getRecording', id, options?.signal, (fail) => fail(NotFoundError, 404)),
    deleteRecording: (id, options) =>
      act('deleteRecording', id, options?.signal, (fail) => fail(NotFoundError, 404)),
    getRecordingFile: (id, _name, options) =>
      act('getRecordingFile', id, options?.signal, (fail) => fail(NotFoundError, 404)),
    getConference: (id, options) =>
      act('getConference', id, options?.signal, (fail) =>
        conferenceToWire(server.snapshot() ?? fail(NotFoundError, 404)),
      ),
    getSimpleView: (id, options) =>
      act('getSimpleView', id, options?.signal, (fail) =>
        conferenceToSimpleView(server.snapshot() ?? fail(NotFoundError, 404)),
      ),
    getEvents: (_id, version, options) =>
      act('getEvents', version, options?.signal, async (fail) => {
        requirePosition({ version, versionId: options?.versionId }, fail);
        requireReader({ ...options }, fail);
        const messages = () => server.messagesFor({ ...options });
        const startedMs = Date.now();
        // Messages wake every poll, but only those for whom there is something are answered.
        while (server.after(version).length + messages().length === 0) {
          const isMessage = await server.polls.park(options?.signal, startedMs);
          if (!isMessage) break;
        }
        requirePosition({ version, versionId: options?.versionId }, fail);
        const events = () => [...server.after(version), ...messages()];
        return server.conference ? server.distort(events()) : fail(NotFoundError, 404);
      }),
    openPush: (_id, start, options) =>
      act('openPush', start, options?.signal, (fail) => {
        if (server.hasPush) requirePosition(start, fail);
        if (server.hasPush) requireReader(start, fail);
        return server.openPush(start) ?? fail(NotFoundError, 404);
      }),
    registerUserEndpoint: (command, options) =>
      act('registerUserEndpoint', command, options?.signal, (fail) => {
        platform(fail);
        const id = command.userEndpointId ?? server.newId(`endpoint-${userId}-`);
        server.endpoints.add(id);
        return id;
      }),
    keepAliveUserEndpoint: (command, options) =>
      act('keepAliveUserEndpoint', command, options?.signal, (fail) => {
        if (!server.endpoints.has(command.userEndpointId)) fail(NotFoundError, 404);
      }),
    unregisterUserEndpoint: (command, options) =>
      act('unregisterUserEndpoint', command, options?.signal, () => {
        server.endpoints.delete(command.userEndpointId);
        server.removeEndpoint(command.userEndpointId);
      }),
    getIceServers: (options) =>
      act('getIceServers', undefined, options?.signal, (fail) => {
        platform(fail);
        return { iceServers: server.iceServers };
      }),
    ...fakeModerationApi(server, userId, act),
    setInteraction: unused,
    sendEvent: unused,
    getActive: unused,
    createTicket: unused,
    revokeTicket: unused,
    revokeUser: unused,
    getTicket: unused,
  };
}

/** Records a call, then lets the test intercept it before it takes effect. */
async function call<Answer>(
  server: ServerState,
  made: Call,
  signal: AbortSignal | undefined,
  effect: (fail: Fail) => Answer | Promise<Answer>,
): Promise<Answer> {
  const fail: Fail = (ErrorClass, status, serverError) => {
    throw new ErrorClass({ operation: made.operation, status, serverError });
  };
  server.calls.push(made);
  await server.intercept(made);
  signal?.throwIfAborted();
  const answer = await effect(fail);
  signal?.throwIfAborted();
  return answer;
}

const unused = () => Promise.reject(new Error('The SDK does not call this yet.'));
