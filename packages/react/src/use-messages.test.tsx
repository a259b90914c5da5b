import type { Conference } from '@parley-rtc/sdk';
import { act, cleanup, render, screen } from '@testing-library/react';
import { StrictMode, useEffect } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ScriptedConference } from '../../sdk/src/testing/scripted-conference.ts';
import { useMessages, type Messages } from './index.ts';

let fake: ScriptedConference;
let conference: Conference;
/** What the hook returned last. */
const renders: Messages[] = [];
const current = () => renders.at(-1);
const shown = () => screen.getByRole('status').textContent;

beforeEach(() => {
  fake = new ScriptedConference();
  conference = fake as unknown as Conference;
});
afterEach(cleanup);

function Chat({
  of,
  topic = 'chat',
}: {
  readonly of: Conference | undefined;
  readonly topic?: string;
}): React.ReactNode {
  const chat = useMessages(of, topic);
  useEffect(() => void renders.push(chat));
  return (
    <p role="status">
      {chat.messages.map(({ payload, status }) => `${JSON.stringify(payload)} ${status}`).join()}
    </p>
  );
}

it('lists what arrives and what we send, in order, and nothing of other topics', async () => {
  render(<Chat of={conference} />, { wrapper: StrictMode });
  act(() => fake.receive('chat', 'hi'));
  act(() => fake.receive('other', 'noise'));
  await act(async () => {
    await current()?.send?.('hello');
  });
  expect(shown()).toBe('"hi" received,"hello" sent');
  expect(fake.sent).toEqual([['chat', 'hello']]);
});

it('shows what failed, and sends it again in its place', async () => {
  render(<Chat of={conference} />);
  fake.sendingFails = true;
  await act(async () => {
    await current()
      ?.send?.('lost')
      .catch(() => {});
  });
  act(() => fake.receive('chat', 'later'));
  expect(shown()).toBe('"lost" failed,"later" received');
  fake.sendingFails = false;
  await act(async () => {
    await current()?.retry?.(current()?.messages[0]?.key ?? '');
  });
  expect(shown()).toBe('"lost" sent,"later" received');
});

it('shows after mounting again what came meanwhile', () => {
  const { unmount } = render(<Chat of={conference} />);
  act(() => fake.receive('chat', 'one'));
  unmount();
  act(() => fake.receive('chat', 'two'));
  render(<Chat of={conference} />);
  expect(shown()).toBe('"one" received,"two" received');
});

it('follows a change of topic, and is empty without a conference', () => {
  const { rerender } = render(<Chat of={conference} topic="a" />);
  act(() => fake.receive('a', 1));
  rerender(<Chat of={conference} topic="b" />);
  expect(shown()).toBe('');
  act(() => fake.receive('b', 2));
  expect(shown()).toBe('2 received');
  rerender(<Chat of={undefined} />);
  expect([shown(), current()?.send]).toEqual(['', undefined]);
});
