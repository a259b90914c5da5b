import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PageLayout } from './layout-of.ts';

/** The layout of a state in each size. */
type StateLayouts = Readonly<Record<string, PageLayout>>;

const folder = fileURLToPath(new URL('../layouts/', import.meta.url));
const isUpdating = process.env['PARLEY_UPDATE_LAYOUTS'] === '1';
/** Other fonts have other widths and break lines elsewhere: so much may be different. */
const tolerancePx = 24;
const toleranceShare = 0.05;

/**
 * Compares a layout with the one that was committed, and returns what is missing, new or elsewhere. With
 * `PARLEY_UPDATE_LAYOUTS=1`, it commits to the new one instead.
 */
export function layoutChanges(
  state: string,
  size: { readonly name: string; readonly width: number; readonly height: number },
  layout: PageLayout,
): readonly string[] {
  const known = readLayouts(state);
  if (isUpdating) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(fileOf(state), `${JSON.stringify({ ...known, [size.name]: layout }, null, 2)}\n`);
    return [];
  }
  const before = known[size.name];
  if (!before) return [`${state} has no layout for ${size.name} yet: run with PARLEY_UPDATE_LAYOUTS=1`];
  const names = new Set([...Object.keys(before), ...Object.keys(layout)]);
  return Array.from(names).flatMap((name) => {
    const [was, is] = [before[name], layout[name]];
    if (was === undefined) return [`“${name}” is new, at ${is}`];
    if (is === undefined) return [`“${name}” is missing, which was at ${was}`];
    return isElsewhere(was, is, size) ? [`“${name}” was at ${was}, and is at ${is}`] : [];
  });
}

function isElsewhere(was: string, is: string, { width, height }: { width: number; height: number }): boolean {
  const [before, now] = [was, is].map((box) => box.split(' ').map(Number));
  return [width, height, width, height].some((side, index) => {
    const movedPx = Math.abs((before?.[index] ?? 0) - (now?.[index] ?? 0));
    return movedPx > tolerancePx + side * toleranceShare;
  });
}

function readLayouts(state: string): StateLayouts {
  const file = fileOf(state);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as StateLayouts) : {};
}

function fileOf(state: string): string {
  return `${folder}${state}.json`;
}
