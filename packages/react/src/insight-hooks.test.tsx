import type { Conference } from '@parley-rtc/sdk';
import { act, cleanup, render, screen } from '@testing-library/react';
import { StrictMode } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ScriptedConference } from '../../sdk/src/testing/scripted-conference.ts';
import { useActiveSpeakers, useConferenceEvent, useStreamQuality } from './index.ts';

let fake: ScriptedConference;
let conference: Conference;
const shown = () => screen.getByRole('status').textContent;

beforeEach(() => {
  fake = new ScriptedConference();
  conference = fake as unknown as Conference;
});
afterEach(cleanup);

function Quality({
  of = conference,
  streamId,
}: {
  readonly of?: Conference;
  readonly streamId: string | undefined;
}): React.ReactNode {
  return <p role="status">{useStreamQuality(of, streamId)?.level ?? 'unknown'}</p>;
}

it('returns the quality of one stream, even if it was measured before mounting', () => {
  act(() => fake.measure('a', 'good'));
  const { rerender } = render(<Quality streamId="a" />);
  expect(shown()).toBe('good');
  act(() => fake.measure('b', 'lost'));
  expect(shown()).toBe('good');
  act(() => fake.measure('a', 'poor'));
  expect(shown()).toBe('poor');
  rerender(<Quality streamId="b" />);
  expect(shown()).toBe('lost');
  rerender(<Quality streamId={undefined} />);
  expect(shown()).toBe('unknown');
  cleanup();
  expect(fake.listening).toBe(0);
});

it('returns the quality in the new conference when the conference changes', () => {
  const other = new ScriptedConference();
  const { rerender } = render(<Quality streamId="a" />);
  rerender(<Quality of={other as unknown as Conference} streamId="a" />);
  act(() => other.measure('a', 'poor'));
  expect(shown()).toBe('poor');
  act(() => fake.measure('a', 'excellent'));
  expect(shown()).toBe('poor');
  expect(fake.listening).toBe(0);
});

function Speakers({ of }: { readonly of: Conference | undefined }): React.ReactNode {
  return <p role="status">{useActiveSpeakers(of).map(({ streamId }) => streamId)}</p>;
}

it('returns the active speakers, and none once there is no conference', () => {
  const { rerender } = render(<Speakers of={conference} />);
  expect(shown()).toBe('');
  act(() => fake.speak('a'));
  expect(shown()).toBe('a');
  rerender(<Speakers of={undefined} />);
  expect(shown()).toBe('');
  expect(fake.listening).toBe(0);
});

function Listener({ note }: { readonly note: (reason: string | undefined) => void }): React.ReactNode {
  useConferenceEvent(conference, 'ended', ({ reason }) => note(reason));
  return null;
}

it('calls the latest listener of an event once, without subscribing again', () => {
  const heard: string[] = [];
  const { rerender } = render(<Listener note={(reason) => void heard.push(`first ${reason}`)} />, {
    wrapper: StrictMode,
  });
  const before = [...(fake.listeners.get('ended') ?? [])];
  rerender(<Listener note={(reason) => void heard.push(`second ${reason}`)} />);
  act(() => fake.say('ended', { reason: 'tea' }));
  expect(heard).toEqual(['second tea']);
  expect([...(fake.listeners.get('ended') ?? [])]).toEqual(before);
  cleanup();
  expect(fake.listening).toBe(0);
});
