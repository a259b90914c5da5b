import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { FakePage } from '../../../testing/src/browser/fake-page.ts';
import { useFakeBrowser } from '../testing/fake-browser.ts';
import { watchPage } from './page-lifecycle.ts';

let page: FakePage;
let connection: EventTarget & { type: string };
let heard: string[];
let stop: () => void;

const record = (name: string) => () => void heard.push(name);

function startWatching(): void {
  stop = watchPage({
    onGone: record('gone'),
    onAway: record('away'),
    onReturn: record('return'),
    onBack: record('back'),
  });
}

beforeEach(() => {
  page = useFakeBrowser();
  connection = Object.assign(new EventTarget(), { type: 'wifi' });
  Object.assign(page.navigator, { connection });
  heard = [];
  startWatching();
});
afterEach(() => vi.unstubAllGlobals());

it('distinguishes a page that goes for good from one that may come back', () => {
  page.fire('pagehide', { persisted: false });
  page.fire('pagehide', { persisted: true });
  expect(heard).toEqual(['gone', 'away']);
});

it('says goodbye in the next listener when the browser cancels the first, as Firefox does', () => {
  stop();
  const cancelled = new Error('Script terminated by timeout');
  const onGone = vi.fn<() => void>(record('gone')).mockImplementationOnce(() => {
    throw cancelled;
  });
  watchPage({ onGone, onAway: record('away'), onReturn: record('return'), onBack: record('back') });
  expect(() => page.fire('pagehide', { persisted: false })).toThrow(cancelled);
  expect(heard).toEqual(['gone']);
});

it('hears of a page that returns from the cache, not of one that is shown for the first time', () => {
  page.fire('pageshow', { persisted: false });
  expect(heard).toEqual([]);
  page.fire('pageshow', { persisted: true });
  expect(heard).toEqual(['return']);
});

it.each(['online', 'offline', 'resume'])('checks everything on `%s`', (name) => {
  page.fire(name);
  expect(heard).toEqual(['back']);
});

function changeNetwork(type: string): void {
  connection.type = type;
  connection.dispatchEvent(new Event('change'));
}

it('checks everything when another network replaces the current one', () => {
  changeNetwork('cellular');
  expect(heard).toEqual(['back']);
  changeNetwork('none');
  expect(heard).toEqual(['back']);
  changeNetwork('wifi');
  expect(heard).toEqual(['back', 'back']);
});

it('ignores that only the estimated bandwidth of the network changes', () => {
  changeNetwork('wifi');
  expect(heard).toEqual([]);
  changeNetwork('cellular');
  changeNetwork('cellular');
  expect(heard).toEqual(['back']);
});

it('leaves no listener behind', () => {
  expect(page.listenerCount).toBeGreaterThan(0);
  stop();
  expect(page.listenerCount).toBe(0);
  changeNetwork('cellular');
  expect(heard).toEqual([]);
});

it('listens in the capture phase, in which alone the window sees that the document thaws', () => {
  stop();
  const listening: string[] = [];
  vi.stubGlobal('addEventListener', (name: string, _listener: unknown, isCapture: unknown) => {
    listening.push(`${name} ${isCapture === true}`);
  });
  vi.stubGlobal('removeEventListener', (name: string, _listener: unknown, isCapture: unknown) => {
    listening.splice(listening.indexOf(`${name} ${isCapture === true}`), 1);
  });
  startWatching();
  expect(listening).toContain('resume true');
  expect(listening.filter((one) => one.endsWith('false'))).toEqual([]);
  stop();
  expect(listening).toEqual([]);
});

it('works in a browser that does not expose its network', () => {
  stop();
  Object.assign(page.navigator, { connection: undefined });
  startWatching();
  page.fire('online');
  stop();
  expect(heard).toEqual(['back']);
  expect(page.listenerCount).toBe(0);
});

it('does nothing outside a browser', () => {
  vi.unstubAllGlobals();
  expect(startWatching).not.toThrow();
  expect(stop).not.toThrow();
});
