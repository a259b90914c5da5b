import type { LogRecord } from '@parley-rtc/client';
import { expect, it, vi } from 'vitest';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { broken, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import { joinAs } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;
let records: LogRecord[];

useFakeConference((fakes) => {
  ({ server } = fakes);
  records = [];
});

const joinWithLog = () =>
  joinAs(server, 'ada', { log: { level: 'debug', write: (record) => void records.push(record) } });

/** The fields of every line of one part with this message. */
const fieldsOf = (part: string, message: string) =>
  records.filter((record) => record.part === part && record.message === message).map(({ fields }) => fields);

it('names the conference that is joined, the endpoint, and how long that took', async () => {
  const ada = await joinWithLog();
  expect(fieldsOf('join', 'joining')).toMatchObject([{ conferenceId: 'room' }]);
  expect(fieldsOf('join', 'joined')).toMatchObject([
    { endpointId: ada.endpointId, totalMs: expect.any(Number) },
  ]);
  await ada.leave();
});

it('says why there are no ICE servers', async () => {
  server.intercept = ({ operation }) => {
    if (operation === 'getIceServers') throw broken(operation);
  };
  const ada = await joinWithLog();
  expect(fieldsOf('join', 'no ICE servers')).toMatchObject([{ error: 'ERR_CONNECTION' }]);
  await ada.leave();
});

it('says what each offer of a stream is for, under which id, and how long opening took', async () => {
  const ada = await joinWithLog();
  await vi.advanceTimersByTimeAsync(1_000);
  server.intercept = ({ operation }) =>
    operation === 'publishStream' ? new Promise((resolve) => setTimeout(resolve, 200)) : undefined;
  const [mine] = await Promise.all([ada.publishStream({ camera: true }), vi.advanceTimersByTimeAsync(1_000)]);
  const formerId = mine.id;
  expect(fieldsOf('publish', 'open')).toMatchObject([{ streamId: formerId, tookMs: 200 }]);
  const [peer] = FakePeerConnection.open;
  peer?.moveTo('connected');
  peer?.moveTo('failed');
  await vi.advanceTimersByTimeAsync(500);
  peer?.moveTo('connected');
  server.loseMedia();
  await vi.advanceTimersByTimeAsync(500);
  expect(fieldsOf('publish', 'publishing')).toMatchObject([
    { streamId: formerId, type: 'CAM', purpose: 'open' },
    { streamId: formerId, type: 'CAM', purpose: 'restart' },
    { streamId: mine.id, type: 'CAM', purpose: 'reopen' },
  ]);
  expect(fieldsOf('publish', 'negotiating again')).toMatchObject([{ purpose: 'reopen' }]);
  await ada.leave();
});

it('counts the candidates that it sends, and follows the connection', async () => {
  const ada = await joinWithLog();
  await ada.publishStream({ camera: true });
  const [peer] = FakePeerConnection.open;
  peer?.findCandidate('candidate:1');
  peer?.findCandidate('candidate:2');
  peer?.findCandidate('candidate:3');
  await vi.advanceTimersByTimeAsync(50);
  peer?.moveTo('connected');
  await settle();
  expect(fieldsOf('publish', 'candidates')).toMatchObject([{ count: 1 }, { count: 2 }]);
  expect(fieldsOf('publish', 'connection')).toMatchObject([{ state: 'connected' }]);
  await ada.leave();
});

it('says that the server lost a connection', async () => {
  const ada = await joinWithLog();
  await ada.publishStream({ camera: true });
  server.distort = () => [];
  server.loseMedia();
  [...FakePeerConnection.open].at(-1)?.findCandidate('candidate:1');
  await settle();
  expect(fieldsOf('publish', 'lost by the server')).toHaveLength(1);
  server.distort = (events) => events;
  await ada.leave();
});

it('names what is muted and unmuted, and whether the device stays open', async () => {
  const ada = await joinWithLog();
  const { id: streamId, ...mine } = await ada.publishStream({ camera: true, microphone: true });
  await mine.mute('audio');
  await mine.mute('video');
  await mine.unmute('video');
  expect(fieldsOf('publish', 'mute')).toMatchObject([
    { streamId, kind: 'audio', keepDevice: true },
    { streamId, kind: 'video', keepDevice: false },
  ]);
  expect(fieldsOf('publish', 'unmute')).toMatchObject([{ streamId, kind: 'video' }]);
  await ada.leave();
});

it('names the endpoint that the server dropped, and under which it rejoined', async () => {
  const ada = await joinWithLog();
  const { endpointId } = ada;
  server.endpoints.delete(endpointId);
  server.removeEndpoint(endpointId);
  await settle();
  expect(fieldsOf('endpoint', 'dropped')).toMatchObject([{ endpointId }]);
  expect(fieldsOf('endpoint', 'rejoined')).toMatchObject([{ endpointId: ada.endpointId }]);
  await ada.leave();
});

it('names the version and the events of each change of the state', async () => {
  const ada = await joinWithLog();
  const bob = await joinAs(server, 'bob');
  await bob.publishStream({ camera: true });
  await settle();
  const changes = fieldsOf('conference', 'state changed');
  expect(changes.map((fields) => fields?.['events'])).toEqual(['participant-joined', 'stream-published']);
  expect(changes.at(-1)).toMatchObject({ version: server.conference?.version });
  await Promise.all([ada.leave(), bob.leave()]);
});

it.each([
  ['leaving', 'leaving'],
  ['ended', 'ended'],
])('says that a conference is over: %s', async (how, message) => {
  const ada = await joinWithLog();
  await (how === 'ended' ? ada.end() : ada.leave());
  await settle();
  const lines = records.filter(({ part, level }) => part === 'conference' && level === 'info');
  expect(lines.map((record) => record.message)).toEqual([message]);
});

it('says how often and why the events stopped, and when they came back', async () => {
  const ada = await joinWithLog();
  await settle();
  expect(fieldsOf('feed', 'polling')).toMatchObject([{ version: expect.any(Number), isProbe: false }]);
  server.intercept = ({ operation }) => {
    if (operation === 'getEvents') throw broken(operation);
  };
  server.breakPolls();
  await vi.advanceTimersByTimeAsync(10_000);
  const interruptions = fieldsOf('feed', 'interrupted');
  expect(interruptions.length).toBeGreaterThan(2);
  expect(interruptions).toMatchObject(
    interruptions.map((_, index) => ({ failures: index + 1, error: 'ERR_CONNECTION' })),
  );
  server.intercept = () => {};
  await vi.advanceTimersByTimeAsync(10_000);
  expect(fieldsOf('feed', 'connected again')).toHaveLength(1);
  await ada.leave();
});
