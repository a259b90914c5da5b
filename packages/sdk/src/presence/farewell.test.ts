import type { RtcApi } from '@parley-rtc/client';
import { describe, expect, it, vi } from 'vitest';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { broken, forbidden, type FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { UserEndpoint } from '../signalling/user-endpoint.ts';
import { joinAs } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { keepLeaving, sayFarewell, type Farewell } from './farewell.ts';

let server: FakeServer;
let page: FakePage;
/** What the server and the endpoint receive, in order. */
let steps: unknown[];
const leave = vi.fn<RtcApi['leave']>();
const unregister = vi.fn<UserEndpoint['unregister']>();
const onDone = vi.fn<() => void>();

const endpoint: UserEndpoint = {
  id: 'seat',
  isRegistered: true,
  isForgotten: async () => false,
  stop: () => void steps.push('stop'),
  unregister: (call) => {
    steps.push(['unregister', call]);
    return unregister(call);
  },
};

useFakeConference((fakes) => {
  ({ server, page } = fakes);
  steps = [];
  onDone.mockReset();
  unregister.mockReset().mockResolvedValue();
  leave.mockReset().mockResolvedValue();
});

const say = (farewell: Farewell) => {
  const api: Pick<RtcApi, 'leave'> = {
    leave: (command, options) => {
      steps.push(['leave', command, options]);
      return leave(command, options);
    },
  };
  void sayFarewell(api, endpoint, 'room', farewell).then(onDone);
};

describe('a farewell', () => {
  it('stops the keep-alives, leaves with the reason, and then unregisters the endpoint', async () => {
    const { signal } = new AbortController();
    say({ leave: { reason: 'lunch', signal } });
    await settle();
    const command = { conferenceId: 'room', userEndpointId: 'seat', reason: 'lunch' };
    expect(steps).toEqual([
      'stop',
      ['leave', command, { timeoutMs: 5_000, keepalive: false, signal }],
      ['unregister', { timeoutMs: 5_000, keepalive: false }],
    ]);
    expect(onDone).toHaveBeenCalledOnce();
  });

  it('only unregisters when the server knows that we leave', async () => {
    say({});
    await settle();
    expect(steps).toEqual(['stop', ['unregister', { timeoutMs: 5_000, keepalive: false }]]);
  });

  it('sends everything together, with requests that outlive the page, when the page goes away', () => {
    leave.mockReturnValue(new Promise(() => {}));
    say({ keepalive: true, leave: {} });
    expect(steps).toEqual([
      'stop',
      ['leave', { conferenceId: 'room', userEndpointId: 'seat' }, { timeoutMs: 5_000, keepalive: true }],
      ['unregister', { timeoutMs: 5_000, keepalive: true }],
    ]);
  });

  it('waits 3 s for the answer to `leave` before it unregisters in the rest of 5 s', async () => {
    leave.mockReturnValue(new Promise(() => {}));
    say({ leave: {} });
    await vi.advanceTimersByTimeAsync(2_999);
    expect(steps).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(steps.at(-1)).toEqual(['unregister', { timeoutMs: 2_000, keepalive: false }]);
    expect(onDone).not.toHaveBeenCalled();
  });

  it('never rejects', async () => {
    leave.mockRejectedValue(broken('leave'));
    unregister.mockRejectedValue(broken('unregisterUserEndpoint'));
    say({ leave: {} });
    await settle();
    expect(onDone).toHaveBeenCalledOnce();
  });
});

const begin = (signal?: AbortSignal) =>
  keepLeaving({ leave }).leave({ conferenceId: 'room', userEndpointId: 'seat' }, signal && { signal });

describe('leaving a server that does not answer', () => {
  it('is tried again for 5 s', async () => {
    leave.mockRejectedValue(broken('leave'));
    begin().catch(onDone);
    await vi.advanceTimersByTimeAsync(4_999);
    expect(leave.mock.calls.length).toBeGreaterThan(3);
    expect(onDone).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(onDone).toHaveBeenCalledOnce();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends with the answer, a refusal or an abort', async () => {
    leave.mockRejectedValueOnce(broken('leave'));
    await Promise.all([begin(), vi.advanceTimersByTimeAsync(300)]);
    expect(leave).toHaveBeenCalledTimes(2);
    leave.mockRejectedValueOnce(forbidden('leave'));
    await expect(begin()).rejects.toMatchObject({ code: 'ERR_FORBIDDEN' });
    leave.mockRejectedValue(broken('leave'));
    await expect(begin(AbortSignal.abort())).rejects.toMatchObject({ code: 'ERR_ABORTED' });
  });

  it('is sent once without a network', async () => {
    page.setOnline(false);
    leave.mockRejectedValue(broken('leave'));
    await expect(begin()).rejects.toMatchObject({ code: 'ERR_CONNECTION' });
    expect(leave).toHaveBeenCalledOnce();
  });
});

it.each([
  ['goes for good', false],
  ['goes into the back/forward cache', true],
])('a page that %s sends requests that outlive it', async (_how, persisted) => {
  const api = server.api('ada');
  const sent: unknown[] = [];
  vi.spyOn(server, 'api').mockReturnValue({
    ...api,
    leave: (command, options) => {
      sent.push(options?.keepalive);
      return api.leave(command, options);
    },
    unregisterUserEndpoint: (command, options) => {
      sent.push(options?.keepalive);
      return api.unregisterUserEndpoint(command, options);
    },
  });
  await joinAs(server, 'ada');
  page.fire('pagehide', { persisted });
  await settle();
  expect(sent).toEqual([true, true]);
  expect(server.conference?.participants).toEqual([]);
});
