import { expect, it } from 'vitest';
import {
  lobbyInEntry,
  participantOfPermissions,
  permissionsInEntry,
  permissionsKey,
} from './moderation-keys.ts';
import { mayPublish, ordinaryPermissions, readPermissions, readProfile } from './permissions.ts';

const all = { ...ordinaryPermissions, moderate: true, record: true };

it('reads permissions, without sources that it does not know', () => {
  expect(readPermissions({ ...all, publish: ['SCREEN', 'NOSE', 'MIC'], more: 1 })).toEqual({
    ...all,
    publish: ['MIC', 'SCREEN'],
  });
});

it.each<[unknown]>([
  [undefined],
  [null],
  ['all'],
  [{}],
  ...Object.keys(all).map((name): [unknown] => [{ ...all, [name]: undefined }]),
  ...Object.keys(all).map((name): [unknown] => [{ ...all, [name]: 'yes' }]),
])('does not take %j for permissions', (value) => {
  expect(readPermissions(value)).toBeUndefined();
});

it('reads a profile, without fields that are no texts', () => {
  expect(readProfile({ name: 'Ada', picture: 1, role: 'doctor', more: 1 })).toEqual({
    name: 'Ada',
    role: 'doctor',
  });
  expect(readProfile({ picture: 'https://example.com/ada.png' })).toEqual({
    picture: 'https://example.com/ada.png',
  });
  expect(readProfile({ name: '', picture: 'http://example.com/ada.png' })).toEqual({});
  for (const value of [undefined, null, 'Ada']) expect(readProfile(value)).toBeUndefined();
});

it('needs both sources for a stream of both, and never allows an unknown type for its own sake', () => {
  const mic = { ...all, publish: ['MIC'] } as const;
  expect(['MIC', 'CAM', 'MIC_AND_CAM', 'SCREEN'].map((type) => mayPublish(mic, type as 'MIC'))).toEqual([
    true,
    false,
    false,
    false,
  ]);
  const both = { ...all, publish: ['MIC', 'CAM'] } as const;
  expect(['MIC_AND_CAM', 'SCREEN'].map((type) => mayPublish(both, type as 'MIC'))).toEqual([true, false]);
});

it('finds the participant of an entry with permissions', () => {
  expect(participantOfPermissions(permissionsKey('a/b'))).toBe('a/b');
  for (const key of ['PARLEY_LOCKED', 'topic', '']) expect(participantOfPermissions(key)).toBeUndefined();
  expect(permissionsInEntry(JSON.stringify(all))).toEqual(all);
  for (const value of ['', '{', '1', 'null']) expect(permissionsInEntry(value)).toBeUndefined();
});

it('reads the message of a waiting room, if there is one', () => {
  expect(lobbyInEntry('{"message":"Soon"}')).toEqual({ message: 'Soon' });
  for (const value of ['', '{', '{}', '{"message":""}', '{"message":1}', 'null', '"text"']) {
    expect(lobbyInEntry(value)).toEqual({});
  }
});
