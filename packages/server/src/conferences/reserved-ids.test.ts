import { expect, it } from 'vitest';
import { readOpenapiDocument } from '../http/openapi-document.ts';
import { reservedIds } from './reserved-ids.ts';

it('reserves every word that is a path below /rtc-api/conferences, and no other', () => {
  const words = readOpenapiDocument()
    .operations.map(({ path }) => /^\/rtc-api\/conferences\/(\w+)$/.exec(path)?.[1])
    .filter((word) => word !== undefined);
  expect([...reservedIds].toSorted()).toEqual(words.toSorted());
});
