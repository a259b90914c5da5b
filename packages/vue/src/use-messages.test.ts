import type { Conference } from '@parley-rtc/sdk';
import { beforeEach, expect, it } from 'vitest';
import { effectScope, nextTick, shallowRef, type EffectScope } from 'vue';
import { ScriptedConference } from '../../sdk/src/testing/scripted-conference.ts';
import { useMessages, type Messages } from './index.ts';

let fake: ScriptedConference;
let conference: Conference;
beforeEach(() => {
  fake = new ScriptedConference();
  conference = fake as unknown as Conference;
});

function inScope(use: () => Messages): { readonly scope: EffectScope; readonly chat: Messages } {
  const scope = effectScope();
  const chat = scope.run(use);
  if (!chat) throw new Error('The scope did not run.');
  return { scope, chat };
}

const shown = ({ messages }: Messages) =>
  messages.value.map(({ payload, status }) => `${JSON.stringify(payload)} ${status}`);

it('lists what arrives and what we send, in order, and nothing of other topics', async () => {
  const { scope, chat } = inScope(() => useMessages(conference, 'chat'));
  fake.receive('chat', 'hi');
  fake.receive('other', 'noise');
  await chat.send.value?.('hello');
  expect(shown(chat)).toEqual(['"hi" received', '"hello" sent']);
  scope.stop();
});

it('shows what failed, and sends it again in its place', async () => {
  const { scope, chat } = inScope(() => useMessages(conference, 'chat'));
  fake.sendingFails = true;
  await chat.send.value?.('lost').catch(() => {});
  fake.receive('chat', 'later');
  expect(shown(chat)).toEqual(['"lost" failed', '"later" received']);
  fake.sendingFails = false;
  await chat.retry.value?.(chat.messages.value[0]?.key ?? '');
  expect(shown(chat)).toEqual(['"lost" sent', '"later" received']);
  scope.stop();
});

it('shows in a later scope what came meanwhile', () => {
  const first = inScope(() => useMessages(conference, 'chat'));
  fake.receive('chat', 'one');
  first.scope.stop();
  fake.receive('chat', 'two');
  const { scope, chat } = inScope(() => useMessages(conference, 'chat'));
  expect(shown(chat)).toEqual(['"one" received', '"two" received']);
  scope.stop();
});

it('follows a change of topic, and is empty without a conference', async () => {
  const present = shallowRef<Conference | undefined>(conference);
  const topic = shallowRef('a');
  const { scope, chat } = inScope(() => useMessages(present, topic));
  fake.receive('a', 1);
  topic.value = 'b';
  await nextTick();
  expect(shown(chat)).toEqual([]);
  fake.receive('b', 2);
  expect(shown(chat)).toEqual(['2 received']);
  present.value = undefined;
  await nextTick();
  expect([shown(chat), chat.send.value]).toEqual([[], undefined]);
  scope.stop();
});
