import type { ConferenceSnapshot } from './conference-store.ts';

/** Whether nothing changed; every part is replaced when it does. */
export function sameSnapshot(before: ConferenceSnapshot, after: ConferenceSnapshot): boolean {
  return (Object.keys(after) as (keyof ConferenceSnapshot)[]).every((part) => before[part] === after[part]);
}
