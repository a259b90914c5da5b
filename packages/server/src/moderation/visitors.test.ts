import { expect, it } from 'vitest';
import { Visitors } from './visitors.ts';

const visitor = (userKey: string) => ({ userKey, loginId: undefined, ticketId: undefined });

it('remembers the newest visitors of each conference until it is forgotten', () => {
  const visitors = new Visitors();
  visitors.enter('other', 'e-0', visitor('elsewhere'));
  for (let index = 0; index < 10_000; index += 1) visitors.enter('c', `e-${index}`, visitor('u'));
  visitors.enter('c', 'e-0', visitor('another'));
  visitors.enter('c', 'e-new', visitor('u'));
  expect(visitors.find('c', 'e-0')).toEqual(visitor('another'));
  expect(visitors.find('c', 'e-new')).toEqual(visitor('u'));
  expect(visitors.find('c', 'e-1')).toBeUndefined();
  expect(visitors.find('c', 'e-2')).toBeDefined();
  visitors.forget('c');
  expect(visitors.find('c', 'e-0')).toBeUndefined();
  expect(visitors.find('other', 'e-0')).toEqual(visitor('elsewhere'));
  visitors.forget('other');
  expect(visitors.count).toBe(0);
});
