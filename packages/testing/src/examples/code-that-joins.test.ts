import { Conference, NotPermittedError } from '@parley-rtc/sdk';
import { FakeRoom } from '@parley-rtc/testing';
import { expect, it } from 'vitest';

/** What we test: code that joins by itself. */
async function removeRudePeople(options: Parameters<typeof Conference.join>[0]): Promise<void> {
  await using conference = await Conference.join(options);
  for (const { id, metadata } of conference.state.getSnapshot().conference.participants) {
    if (metadata['name'] === 'Rude') await conference.moderation.remove(id);
  }
}

it('removes rude people, as a moderator may', async () => {
  await using room = new FakeRoom({ me: { permissions: { moderate: true } } });
  const rude = room.join({ name: 'Rude' });
  await removeRudePeople(room.joinOptions);
  expect(rude.state).toBeUndefined();
});

it('fails without the right', async () => {
  await using room = new FakeRoom({ people: [{ name: 'Rude' }] });
  await expect(removeRudePeople(room.joinOptions)).rejects.toThrow(NotPermittedError);
});
