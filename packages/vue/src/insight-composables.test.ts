import type { Conference } from '@parley-rtc/sdk';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { effectScope, nextTick, shallowRef, type EffectScope } from 'vue';
import { ScriptedConference } from '../../sdk/src/testing/scripted-conference.ts';
import { useActiveSpeakers, useConferenceEvent, useStreamQuality } from './index.ts';

let fake: ScriptedConference;
let conference: Conference;
let scope: EffectScope;

beforeEach(() => {
  fake = new ScriptedConference();
  conference = fake as unknown as Conference;
  scope = effectScope();
});
afterEach(() => {
  scope.stop();
});

it('follows the quality of one stream, even if it was measured before', async () => {
  fake.measure('a', 'good');
  const streamId = shallowRef<string | undefined>('a');
  const quality = scope.run(() => useStreamQuality(conference, streamId));
  expect(quality?.value?.level).toBe('good');
  fake.measure('b', 'lost');
  expect(quality?.value?.level).toBe('good');
  fake.measure('a', 'poor');
  expect(quality?.value?.level).toBe('poor');
  streamId.value = 'b';
  await nextTick();
  expect(quality?.value?.level).toBe('lost');
  streamId.value = undefined;
  await nextTick();
  expect(quality?.value).toBeUndefined();
  scope.stop();
  expect(fake.listening).toBe(0);
});

it('follows the active speakers, and is empty once there is no conference', async () => {
  const present = shallowRef<Conference | undefined>(conference);
  const speakers = scope.run(() => useActiveSpeakers(present));
  expect(speakers?.value).toEqual([]);
  fake.speak('a', 'b');
  expect(speakers?.value.map(({ streamId }) => streamId)).toEqual(['a', 'b']);
  present.value = undefined;
  await nextTick();
  expect(speakers?.value).toEqual([]);
  expect(fake.listening).toBe(0);
});

it('calls the listener of an event until the conference is removed', async () => {
  const present = shallowRef<Conference | undefined>(conference);
  const heard: unknown[] = [];
  scope.run(() => useConferenceEvent(present, 'ended', ({ reason }) => void heard.push(reason)));
  fake.say('ended', { reason: 'tea' });
  present.value = undefined;
  await nextTick();
  fake.say('ended', { reason: 'too late' });
  expect(heard).toEqual(['tea']);
  expect(fake.listening).toBe(0);
});
