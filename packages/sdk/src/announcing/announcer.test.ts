import { describe, expect, it, vi } from 'vitest';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { selectRemoteParticipants } from '../state/selectors.ts';
import { collectUncaught } from '../testing/collect-uncaught.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

describe('a late listener', () => {
  it('is called once for each existing participant and stream, and for later ones as they come', async () => {
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

  it('is not called when it is removed immediately', async () => {
    const bob = await joinAs(server, 'bob');
    await bob.publishStream({ camera: true });
    const ada = await joinAs(server, 'ada');
    const listener = vi.fn<() => void>();
    ada.on('stream-published', listener)();
    await settle();
    expect(listener).not.toHaveBeenCalled();
  });

  it('is called once per stream when added while several are being announced', async () => {
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
  it('is announced as a ListenerError and does not stop other listeners', async () => {
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

  it('causes only an uncaught error without an `error` listener, or when that one fails too', async () => {
    const uncaught = collectUncaught();
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
    expect(uncaught).toEqual([new Error('first'), new Error('second')]);
  });

  it('is also announced when it is a subscriber of the store', async () => {
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

it.each([
  ['stream-publishd', 'stream-published'],
  ['errors', 'error'],
  ['participantJoined', 'participant-joined'],
])('refuses the unknown event %s and names the nearest', async (misspelt, nearest) => {
  const ada = await joinAs(server, 'ada');
  expect(() => ada.on(misspelt as 'error', () => {})).toThrow(
    expect.objectContaining({ code: 'ERR_INVALID_OPTIONS', hint: `Did you mean '${nearest}'?` }),
  );
});
