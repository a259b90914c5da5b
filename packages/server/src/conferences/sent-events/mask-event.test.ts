import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../testing/refusal-of.ts';
import { maskEvent } from './mask-event.ts';

const event = {
  type: 'OrderPaidEvent',
  customer: { email: 'ada@example.com', 'given name': 'Ada', cards: [{ number: '4111' }, { number: '42' }] },
  partner: { email: 'bob@example.com' },
  amount: 12,
};

describe('maskEvent', () => {
  it.each([
    ['$.customer.email', { customer: { email: '*'.repeat(15) } }],
    ["$['customer']['given name']", { customer: { 'given name': '***' } }],
    ['$.customer.cards[*].number', { customer: { cards: [{ number: '****' }, { number: '**' }] } }],
    ['$.customer.cards[-1].number', { customer: { cards: [{ number: '4111' }, { number: '**' }] } }],
    ['$..email', { customer: { email: '*'.repeat(15) }, partner: { email: '*'.repeat(15) } }],
    ['$..cards[0]["number"]', { customer: { cards: [{ number: '****' }, { number: '42' }] } }],
    ['$.partner.*', { partner: { email: '*'.repeat(15) } }],
    ['$.amount', { amount: '***' }],
    ['$.customer', { customer: '***' }],
  ])('hides what %s selects', (mask, hidden) => {
    expect(maskEvent(event, [mask])).toMatchObject(hidden);
    expect(maskEvent(event, [mask]).type).toBe('OrderPaidEvent');
  });

  it.each(['$.nobody.email', '$.customer[0]', '$.customer.cards.number', '$.toString', '$.__proto__.x'])(
    'hides nothing for %s, which selects nothing',
    (mask) => {
      expect(maskEvent(event, [mask])).toEqual(event);
    },
  );

  it('does not change the event itself', () => {
    const before = structuredClone(event);
    maskEvent(event, ['$..*']);
    expect(event).toEqual(before);
  });

  it.each([
    '',
    '$',
    'customer',
    '$customer',
    '$.',
    '$..',
    '$.a..',
    '$[',
    '$[?@.a==1]',
    '$[0:2]',
    '$.a b',
    '$..[?(1)]',
  ])('refuses %j, which is not a supported path', (mask) => {
    expect(refusalOf(() => maskEvent(event, [mask]))).toBe('invalid_request');
  });

  it('takes no longer for a malicious path', () => {
    const mask = `$${'..*'.repeat(80)}`;
    const narrow = { type: 'AThingEvent', chain: JSON.parse('['.repeat(200) + ']'.repeat(200)) as [] };
    expect(maskEvent(narrow, [mask]).type).toBe('AThingEvent');
  });
});
