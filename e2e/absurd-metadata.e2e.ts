import { test } from '@playwright/test';
import { demoUrl } from './support/addresses.ts';
import { ApiGuest } from './support/api-guest.ts';
import { askForTicket, Caller, newRoom } from './support/caller.ts';
import { leaveButton, overflowPx } from './support/demo-call.ts';
import { expect } from './support/expect.ts';

function nested(depth: number): unknown {
  let inside: unknown = 'the end';
  for (let level = 0; level < depth; level += 1) inside = { inside };
  return inside;
}

function manyKeys(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`key ${index}`, index]));
}

/** Metadata that the server accepts, one for each guest. All participants receive it. */
const absurdities: Readonly<Record<string, unknown>> = {
  'a very long name': { name: 'W'.repeat(30_000) },
  'many combining marks': { name: `Z${'\u0300\u0301\u0302\u0303'.repeat(500)}algo` },
  'a name that reverses the text direction': { name: '\u202E\u2067evil \u0645\u0631\u062D\u0628\u0627' },
  'an invisible name': { name: '\u200B\u200D\uFEFF\u2060' },
  'a name that is markup': { name: '<img src=x onerror="window.hacked=true">' },
  'a name that is an object': { name: { toString: 'no function', length: -1 } },
  'a name that is a list': { name: [null, [], {}] },
  'no name': { name: null },
  'control characters': { name: 'a\u0000b\r\n\t\u0007c' },
  'deeply nested': { deep: nested(28) },
  'the maximum number of keys': manyKeys(100),
  'names of built-in properties as keys': {
    constructor: 'x',
    toString: 'x',
    hasOwnProperty: 1,
    valueOf: null,
  },
};

/** Metadata that the server must refuse, because all participants would have to process it. */
const refused: Readonly<Record<string, unknown>> = {
  'a string': 'Bob',
  'a list': ['Bob'],
  'far too large': { name: 'W'.repeat(100_000) },
  'far too deep': { deep: nested(500) },
  'thousands of keys': manyKeys(5_000),
  'a poisoned prototype': JSON.parse('{"__proto__":{"name":"polluted"}}'),
};

/** Nonsensical entries of the conference's metadata that the server accepts. */
const absurdEntries: Readonly<Record<string, string>> = {
  constructor: 'polluted',
  toString: '{"a":',
  'TRACK_MUTED/': 'true',
  'TRACK_MUTED/nose/nobody': 'true',
  'TRACK_MUTED/video/__proto__': 'true',
  RECORDER: '{"on":',
};

test('absurd metadata of other participants is refused or becomes ordinary state, and breaks no page', async ({
  browser,
  page,
}) => {
  const room = newRoom();
  const ada = await Caller.open(browser);
  const problems: string[] = [];
  for (const one of [ada.page, page]) one.on('pageerror', ({ message }) => problems.push(message));
  await ada.join(room, 'Ada');
  await ada.publish(11);
  // Firefox opens devices only for the page in front.
  await page.bringToFront();
  await page.goto(`/script-tag/?room=${room}`);
  await page.getByLabel('Your name').fill('Bob');
  // Encoding a camera would slow down a small machine.
  await page.getByRole('button', { name: 'Camera', exact: true }).click();
  await page.getByRole('button', { name: 'Join call' }).click();
  await expect(leaveButton(page)).toBeVisible();
  await page.getByRole('button', { name: 'People' }).click();
  const people = page.locator('parley-people [part~="person"]');

  const invitation = { server: demoUrl, ...(await askForTicket(room)) };
  for (const metadata of Object.values(refused)) {
    await expect(ApiGuest.join(invitation, metadata)).rejects.toThrow(/answered 400/);
  }
  const eve = await ApiGuest.join(invitation, { name: 'Eve' });
  const guests = await Promise.all(
    Object.values(absurdities).map((metadata) => ApiGuest.join(invitation, metadata)),
  );
  await eve.do('updateParticipantMetadata', { newMetadata: { name: ['Eve'], roles: 7 } });
  await expect(eve.setMetadata('__proto__', 'polluted')).rejects.toThrow(/answered 400/);
  for (const [key, value] of Object.entries(absurdEntries)) await eve.setMetadata(key, value);
  const adaStream = await ada.page.evaluate(() => window.mine.id);
  // A moderator may mark any stream as muted. Participants see that, but the stream keeps playing.
  await eve.setMetadata(`TRACK_MUTED/video/${adaStream}`, '{"not":"true"}');

  const served = await eve.conference();
  const stateOf = () =>
    ada.page.evaluate(() => {
      const { version, participants, metadata } = window.conference.state.getSnapshot().conference;
      return JSON.stringify({
        version,
        participants: participants.map(({ id, metadata }) => ({ id, metadata })),
        metadata: Object.fromEntries(Object.entries(metadata).map(([key, { value }]) => [key, value])),
      });
    });
  await expect.poll(async () => JSON.parse(await stateOf()) as object).toEqual(served);
  expect(
    await ada.page.evaluate(() => {
      const snapshot = window.conference.state.getSnapshot();
      const { selectMuted, selectOnHold, selectRecording } = window.Parley;
      const isMuted = (kind: 'audio' | 'video') => selectMuted(snapshot, window.mine.id, kind);
      return [isMuted('video'), isMuted('audio'), selectOnHold(snapshot), selectRecording(snapshot)];
    }),
  ).toEqual([true, false, false, true]);

  await expect(people).toHaveCount(guests.length + 3);
  expect(await overflowPx(page)).toBe(0);
  for (const one of [ada.page, page]) {
    expect(await one.evaluate('[window.hacked, {}.name, {}.x, [].polluted, {}.inside].join("")')).toBe('');
  }
  await ada.page.evaluate(() => window.conference.setMetadata('still', 'usable'));
  await Promise.all([eve, ...guests].map((guest) => guest.do('leave')));
  await expect(people).toHaveCount(2);
  expect(problems).toEqual([]);
  expect(await ada.diary()).not.toContainEqual(expect.stringMatching(/^error /));
  await ada.close();
});
