import type { Conference } from '@parley-rtc/sdk';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { joinAs } from '../../../sdk/src/testing/join-as.ts';
import { settle } from '../../../sdk/src/testing/settle.ts';
import { useFakeConference } from '../../../sdk/src/testing/use-fake-conference.ts';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { callOf } from './call-of.ts';
import type { NoticesStore } from './create-notices.ts';

let server: FakeServer;
let ada: Conference;
let notices: NoticesStore;

useFakeConference(async (fakes) => {
  ({ server } = fakes);
  ada = await joinAs(server, 'ada');
  await settle();
  ({ notices } = callOf(ada));
});
afterEach(() => ada.leave());

const codes = (): string[] => notices.getSnapshot().notices.map(({ content }) => content.code);
const bob = { name: 'Bob', isVerified: false, picture: undefined, role: undefined };

describe('notices', () => {
  it('go after six seconds, and somebody at the door after a minute', async () => {
    notices.notify({ code: 'joined', person: bob });
    notices.notify({ code: 'waiting', person: bob, endpointId: 'bob' });
    await vi.advanceTimersByTimeAsync(5_999);
    expect(codes()).toEqual(['joined', 'waiting']);
    await vi.advanceTimersByTimeAsync(1);
    expect(codes()).toEqual(['waiting']);
    await vi.advanceTimersByTimeAsync(53_999);
    expect(codes()).toEqual(['waiting']);
    await vi.advanceTimersByTimeAsync(1);
    expect(codes()).toEqual([]);
  });

  it('stay while the user points at them, and then for their whole time', async () => {
    notices.notify({ code: 'joined', person: bob });
    await vi.advanceTimersByTimeAsync(5_000);
    notices.setHeld(true);
    notices.notify({ code: 'left', person: bob });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(codes()).toEqual(['joined', 'left']);
    notices.setHeld(false);
    await vi.advanceTimersByTimeAsync(5_999);
    expect(codes()).toEqual(['joined', 'left']);
    await vi.advanceTimersByTimeAsync(1);
    expect(codes()).toEqual([]);
  });

  it('can be dismissed while they are held', () => {
    notices.setHeld(true);
    notices.notify({ code: 'joined', person: bob });
    const [notice] = notices.getSnapshot().notices;
    notices.dismiss(notice?.key ?? 0);
    expect(codes()).toEqual([]);
  });
});
