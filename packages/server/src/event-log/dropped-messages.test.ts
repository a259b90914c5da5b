import { expect, it } from 'vitest';
import { DroppedMessages, type DroppedMessagesJson } from './dropped-messages.ts';

const bob = { userEndpointId: 'bob', userId: 'u-bob' };

const toSome = (sequence: number, recipient: string) => ({
  userEndpointId: 'ada',
  sequence,
  to: [recipient],
  toUsers: [`u-${recipient}`],
});

it('counts dropped messages for their recipients only', () => {
  const dropped = new DroppedMessages();
  dropped.add({ userEndpointId: 'cyd', sequence: 1 });
  dropped.add({ userEndpointId: 'bob', sequence: 2 });
  dropped.add({ userEndpointId: 'bob', sequence: 3 });
  expect(dropped.lastFor(bob)).toBe(1);
  expect(dropped.lastFor({ userEndpointId: 'cyd', userId: 'u-cyd' })).toBe(3);
  dropped.add(toSome(4, 'bob'));
  const restored = new DroppedMessages(JSON.parse(JSON.stringify(dropped)) as DroppedMessagesJson);
  expect(restored.lastFor(bob)).toBe(4);
  expect(restored.lastFor({ ...bob, userId: 'u-eve' })).toBe(1);
});

it('stays small, and forgets for no recipient that messages were dropped', () => {
  const dropped = new DroppedMessages();
  dropped.add(toSome(1, 'bob'));
  for (let sequence = 2; sequence <= 5_000; sequence += 1) dropped.add(toSome(sequence, `ep-${sequence}`));
  expect(dropped.toJSON().toSome).toHaveLength(200);
  expect(dropped.lastFor(bob)).toBe(4_800);
});
