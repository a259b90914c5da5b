import { describe, expect, test, vi } from 'vitest';
import type { FakeServer } from '../testing/fake-server.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { selectRemoteParticipants } from './selectors.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

describe('a listener that comes late', () => {
  test('hears of each participant and stream that is there, once, and of later ones as they come', async () => {
    const bob = await joinAs(server, 'bob');
    await bob.publishStream({ camera: true });
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    expect(heard).toEqual([]);
    await settle();
    expect(heard).toEqual(["stream-published bob's CAM", 'participant-joined bob']);
    await bob.publishStream({ microphone: true });
    await settle();
    expect(heard.slice(2)).toEqual(["stream-published bob's MIC"]);
  });

  test('hears nothing when it is taken back in the same moment', async () => {
    const bob = await joinAs(server, 'bob');
    await bob.publishStream({ camera: true });
    const ada = await joinAs(server, 'ada');
    const listener = vi.fn<() => void>();
    ada.on('stream-published', listener)();
    await settle();
    expect(listener).not.toHaveBeenCalled();
  });

  test('registered while several streams are announced hears of each once', async () => {
    const ada = await joinAs(server, 'ada');
    const bob = await joinAs(server, 'bob');
    await settle();
    // Both streams arrive with one snapshot, because the event before them is lost.
    server.distort = (events) => events.slice(1);
    const heard: string[] = [];
    const off = ada.on('stream-published', () => {
      off();
      ada.on('stream-published', ({ stream }) => void heard.push(stream.type));
    });
    server.intercept = ({ operation }) => (operation === 'getEvents' ? new Promise(() => {}) : undefined);
    await bob.publishStream({ camera: true });
    await bob.publishStream({ microphone: true });
    server.intercept = () => {};
    await vi.advanceTimersByTimeAsync(1_000);
    expect(heard.toSorted()).toEqual(['CAM', 'MIC']);
  });
});

describe('a listener that fails', () => {
  test('is told of as ListenerError and stops nobody else', async () => {
    const ada = await joinAs(server, 'ada');
    const mistake = new Error('my mistake');
    const errors: unknown[] = [];
    ada.on('error', ({ error }) => void errors.push([error.code, error.cause]));
    ada.on('participant-joined', () => {
      throw mistake;
    });
    ada.on('participant-joined', () => Promise.reject(mistake));
    const listener = vi.fn<() => void>();
    ada.on('participant-joined', listener);
    await joinAs(server, 'bob');
    await settle();
    expect(listener).toHaveBeenCalledOnce();
    expect(errors).toEqual([
      ['ERR_LISTENER', mistake],
      ['ERR_LISTENER', mistake],
    ]);
  });

  test('harms nobody when there is no listener for errors, nor when that one fails too', async () => {
    const ada = await joinAs(server, 'ada');
    ada.on('participant-joined', () => {
      throw new Error('first');
    });
    await joinAs(server, 'bob');
    ada.on('error', () => {
      throw new Error('second');
    });
    await joinAs(server, 'eve');
    await settle();
    expect(selectRemoteParticipants(ada.state.getSnapshot()).map(({ userId }) => userId)).toEqual([
      'bob',
      'eve',
    ]);
  });

  test('of the store is told of too', async () => {
    const ada = await joinAs(server, 'ada');
    const heard = listenTo(ada);
    ada.state.subscribe(() => {
      throw new Error('render failed');
    });
    await joinAs(server, 'bob');
    await settle();
    expect(heard).toEqual(['error ERR_LISTENER', 'participant-joined bob']);
  });
});
