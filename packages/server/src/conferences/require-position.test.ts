import { expect, it } from 'vitest';
import { requirePosition } from './require-position.ts';

/** A history that has the versions 0 and 1. */
const log = {
  versionIdAt: (_conferenceId: string, version: number) => Promise.resolve(['e-created', 'e-0'][version]),
};

it.each([
  [{}, undefined],
  [{ version: 0 }, 'e-created'],
  [{ version: 1 }, 'e-0'],
  [{ version: 1, versionId: 'e-0' }, 'e-0'],
])('accepts the position %j of the history', async (position, versionId) => {
  expect(await requirePosition(log, 'c-1', position)).toBe(versionId);
});

it.each([
  [{ version: 2 }, 'version 2'],
  [{ version: 2, versionId: 'e-1' }, 'version 2'],
  [{ version: 1, versionId: 'e-other' }, 'version 1'],
])('refuses the position %j, which it does not have, by its version', async (position, named) => {
  const refused = requirePosition(log, 'c-1', position);
  await expect(refused).rejects.toMatchObject({ code: 'position_unavailable' });
  await expect(refused).rejects.toThrow(named);
});

it('refuses the beginning of a history whose first events were dropped', async () => {
  const cut = { versionIdAt: () => Promise.resolve(undefined) };
  await expect(requirePosition(cut, 'c-1', {})).rejects.toThrow('version 0');
});
