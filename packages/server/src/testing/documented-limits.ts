import { readFileSync } from 'node:fs';

interface Row {
  readonly value: number;
  readonly refusal: string;
}

/** The rows of docs/server/limits.md by the limit's name; rates have no column for the refusal, as all have the same. */
export function documentedLimits(): ReadonlyMap<string, Row> {
  const page = readFileSync(new URL('../../../../docs/server/limits.md', import.meta.url), 'utf8');
  const rows = page.matchAll(/^\| `(\w+)` +\| (\d+)[^|]*\| ([^|]*?) *\|(?: ([^|]*?) *\|)?$/gm);
  return new Map(
    [...rows].map(([, name = '', value = '', , refusal = '429 `too_many_requests`']) => [
      name,
      { value: Number(value), refusal: refusal.replaceAll('`', '') },
    ]),
  );
}
