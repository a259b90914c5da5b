import type { Message } from '@parley-rtc/sdk';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createFakeConference, type FakeConference } from './create-fake-conference.ts';

let fake: FakeConference;

beforeEach(async () => {
  fake = await createFakeConference();
});

afterEach(() => fake.close());

const participants = () => fake.conference.state.getSnapshot().conference.participants;

it('shows who joins, publishes and leaves', async () => {
  const ada = fake.join({ name: 'Ada' });
  const [streamId] = ada.publish({ camera: true, microphone: true });
  await vi.waitFor(() => {
    expect(participants().map(({ metadata, streams }) => [metadata['name'], streams[0]?.id])).toEqual([
      ['Me', undefined],
      ['Ada', streamId],
    ]);
  });
  ada.leave();
  await vi.waitFor(() => expect(participants()).toHaveLength(1));
});

it('delivers messages, and lets us view what others publish', async () => {
  const messages: Message[] = [];
  fake.conference.on('message', (message) => void messages.push(message));
  const ada = fake.join({ name: 'Ada' });
  const [streamId = ''] = ada.publish({ camera: true, microphone: true });
  await vi.waitFor(() => expect(participants()).toHaveLength(2));
  ada.send('chat', 'Hello');
  const view = await fake.conference.viewStream(streamId);
  expect(view.mediaStream.getTracks().map(({ kind }) => kind)).toEqual(['audio', 'video']);
  expect(view.connectionState).toBe('connected');
  await vi.waitFor(() => expect(messages.map(({ payload }) => payload)).toEqual(['Hello']));
});
