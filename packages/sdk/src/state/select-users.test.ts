import { expect, it, vi } from 'vitest';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { joinAs } from '../testing/join-as.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';
import { selectUsers } from './select-users.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

it('groups endpoints by user, and replaces only the objects of users that changed', async () => {
  const ada = await joinAs(server, 'ada');
  const laptop = await joinAs(server, 'bob');
  await joinAs(server, 'eve');
  const phone = await joinAs(server, 'bob');
  const users = async () => {
    await vi.advanceTimersByTimeAsync(0);
    return selectUsers(ada.state.getSnapshot());
  };

  const before = await users();
  expect(before.map(({ userId, participants }) => [userId, ...participants.map(({ id }) => id)])).toEqual([
    ['ada', ada.endpointId],
    ['bob', laptop.endpointId, phone.endpointId],
    ['eve', expect.any(String)],
  ]);

  await ada.setMetadata('topic', 'birds');
  expect(await users()).toBe(before);

  await phone.setParticipantMetadata({ name: 'Bob on the phone' });
  const after = await users();
  expect(after.map((user, index) => user === before[index])).toEqual([true, false, true]);
  await Promise.all([ada.leave(), laptop.leave(), phone.leave()]);
});
