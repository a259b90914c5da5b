import { expect, it } from 'vitest';
import { endpointOfTopic, topicOf } from './endpoint-topic.ts';

it('finds the endpoint in the topic that carries its events', () => {
  expect(endpointOfTopic(topicOf('u-1', 'e-1'), 'u-1')).toBe('e-1');
  expect(endpointOfTopic(topicOf('u/1', 'e/1'), 'u/1')).toBe('e/1');
});

it.each([
  ['of another user', 'user/u-2/e-1'],
  ['of a user whose id begins alike', 'user/u-11/e-1'],
  ['of no endpoint', 'user/u-1/'],
  ['without an endpoint', 'user/u-1'],
  ['of all endpoints', 'user/u-1/+'],
  ['of everything of the user', 'user/u-1/#'],
  ['of everything', '#'],
  ['of the broker', '$SYS/u-1/e-1'],
  ['of the older form', 'users/endpoints/e-1'],
  ['with a null character', 'user/u-1/e-1\0'],
])('finds none in a topic %s', (_what, topic) => {
  expect(endpointOfTopic(topic, 'u-1')).toBeUndefined();
});
