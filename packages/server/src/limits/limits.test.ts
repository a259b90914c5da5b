import { expect, it } from 'vitest';
import { requireBoundedJson } from '../http/require-bounded-json.ts';
import { RefusalError } from '../refusal.ts';
import { countCandidates } from './count-candidates.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { requireBoundedSdp } from './require-bounded-sdp.ts';

const small = {
  ...defaultLimits,
  jsonDepth: 3,
  jsonEntries: 4,
  sdpBytes: 60,
  sdpLines: 4,
  sdpLineBytes: 20,
  sdpSections: 1,
  candidatesPerCall: 2,
  candidatesPerConnection: 3,
  candidateBytes: 10,
};

it.each<[unknown, keyof Limits | undefined]>([
  [null, undefined],
  ['text', undefined],
  [{ a: { b: [1, 2] } }, undefined],
  [{ a: { b: [[]] } }, 'jsonDepth'],
  [[1, 2, 3, 4], undefined],
  [[1, 2, [3, 4]], 'jsonEntries'],
])('measures the depth and size of %j', (value, limit) => {
  expectLimit(limit, () => {
    requireBoundedJson(value, small);
  });
});

it('measures JSON that is nested deeper than the call stack', () => {
  const deep: unknown = JSON.parse('['.repeat(200_000) + ']'.repeat(200_000));
  expectLimit('jsonDepth', () => {
    requireBoundedJson(deep, { ...defaultLimits, jsonEntries: 1_000_000 });
  });
});

it.each<[string, keyof Limits | undefined]>([
  ['v=0\r\nm=audio\r\n', undefined],
  [`v=0\r\na=${'x'.repeat(19)}`, 'sdpLineBytes'],
  ['v=0\nm=a\nm=b', 'sdpSections'],
  ['v=0\r\ra\rb\r', 'sdpLines'],
  ['a=candidate:\na=candidate:\na=candidate:', undefined],
  ['a=candidate:\na=candidate:\na=candidate:\na=candidate:', 'candidatesPerConnection'],
  [`v=0\n${'ü'.repeat(29)}`, 'sdpBytes'],
])('measures the SDP %j without parsing it', (sdp, limit) => {
  expectLimit(limit, () => {
    requireBoundedSdp(sdp, small);
  });
});

it('counts candidates per call and over the lifetime of a connection', () => {
  const counts = new WeakMap<object, number>();
  const [one, other] = [{}, {}];
  const count =
    (connection: object, ...candidates: string[]) =>
    () => {
      countCandidates(
        counts,
        connection,
        candidates.map((candidate) => ({ candidate })),
        small,
      );
    };
  expectLimit('candidatesPerCall', count(one, 'a', 'b', 'c'));
  expectLimit('candidateBytes', count(one, 'x'.repeat(11)));
  expectLimit(undefined, count(one, 'a', 'b'));
  expectLimit('candidatesPerConnection', count(one, 'c', 'd'));
  expectLimit(undefined, count(one, 'c'));
  expectLimit('candidatesPerConnection', count(one, 'd'));
  expectLimit(undefined, count(other, 'a'));
});

/** Expects a refusal that names the limit and its value, or none. */
function expectLimit(limit: keyof Limits | undefined, act: () => void): void {
  if (limit === undefined) {
    expect(act).not.toThrow();
    return;
  }
  expect(act).toThrow(RefusalError);
  expect(act).toThrow(new RegExp(`limit is \\d+ .*\\(${limit}\\)\\. \\w+`));
}
