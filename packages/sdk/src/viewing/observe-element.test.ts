import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { observeElement } from './observe-element.ts';

type Entry = Partial<IntersectionObserverEntry>;

/** An observer that tests trigger. */
class FakeObserver {
  static readonly all: Set<FakeObserver> = new Set();
  readonly report: (entries: readonly Entry[]) => void;
  readonly observed: unknown[] = [];

  constructor(report: (entries: readonly Entry[]) => void) {
    this.report = report;
    FakeObserver.all.add(this);
  }

  observe(target: unknown): void {
    this.observed.push(target);
  }

  disconnect(): void {
    FakeObserver.all.delete(this);
  }
}
class FakeIntersectionObserver extends FakeObserver {}
class FakeResizeObserver extends FakeObserver {}

const find = (kind: typeof FakeObserver) => [...FakeObserver.all].find((one) => one instanceof kind);

class FakeWindow extends EventTarget {
  readonly document = new EventTarget();
  readonly IntersectionObserver = FakeIntersectionObserver;
  readonly ResizeObserver = FakeResizeObserver;
}

let element: EventTarget & { ownerDocument?: { defaultView: unknown } };
const onChange = vi.fn<(isInSight: boolean, pictureWindow: unknown) => void>();

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('IntersectionObserver', FakeIntersectionObserver);
  vi.stubGlobal('ResizeObserver', FakeResizeObserver);
  element = new EventTarget();
  onChange.mockReset();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  FakeObserver.all.clear();
});

const observe = () => observeElement(element as unknown as HTMLMediaElement, onChange);
const rect = (width: number, height: number) => ({ width, height }) as DOMRectReadOnly;
const seen = (): unknown[] => onChange.mock.calls.map(([isInSight]) => isInSight);

it.each<[string, Entry, boolean]>([
  ['a tenth of it', { intersectionRatio: 0.1, intersectionRect: rect(10, 10) }, true],
  ['less than a tenth of it', { intersectionRatio: 0.09, intersectionRect: rect(10, 10) }, false],
  ['a tenth of the window', { intersectionRatio: 0.01, intersectionRect: rect(100, 100) }, true],
  ['less than a tenth of the window', { intersectionRatio: 0.01, intersectionRect: rect(100, 99) }, false],
  [
    'a part of it, in a window of unknown size',
    { intersectionRatio: 0.05, intersectionRect: rect(900, 900), rootBounds: null },
    false,
  ],
  ['nothing of it', { isIntersecting: false, intersectionRatio: 1, intersectionRect: rect(900, 900) }, false],
])('reports whether it is in sight when the browser shows %s', (_what, entry, isInSight) => {
  observe();
  const window = { isIntersecting: true, rootBounds: rect(250, 400) };
  find(FakeIntersectionObserver)?.report([{ ...window, ...entry }]);
  expect(seen()).toEqual([isInSight]);
});

it('takes the last of several entries, and keeps the result until the next one', () => {
  observe();
  const entry = { intersectionRect: rect(0, 0), rootBounds: null };
  find(FakeIntersectionObserver)?.report([
    { ...entry, isIntersecting: true, intersectionRatio: 1 },
    { ...entry, isIntersecting: false, intersectionRatio: 0 },
  ]);
  find(FakeResizeObserver)?.report([]);
  element.dispatchEvent(new Event('resize'));
  find(FakeIntersectionObserver)?.report([]);
  expect(seen()).toEqual([false, false, false, false]);
});

it('counts as in sight until the browser has looked', () => {
  observe();
  find(FakeResizeObserver)?.report([]);
  expect(seen()).toEqual([true]);
});

it.each(['resize', 'enterpictureinpicture', 'leavepictureinpicture', 'playing'])('reports `%s`', (name) => {
  observe();
  element.dispatchEvent(new Event(name));
  expect(onChange).toHaveBeenCalledExactlyOnceWith(true, undefined);
});

it('observes the element, and nothing any more once it is stopped', () => {
  const stop = observe();
  expect([...FakeObserver.all].map(({ observed }) => observed)).toEqual([[element], [element]]);
  const pictureInPictureWindow = new EventTarget();
  element.dispatchEvent(Object.assign(new Event('enterpictureinpicture'), { pictureInPictureWindow }));
  stop();
  onChange.mockReset();
  expect(FakeObserver.all.size).toBe(0);
  element.dispatchEvent(new Event('playing'));
  pictureInPictureWindow.dispatchEvent(new Event('resize'));
  expect(onChange).not.toHaveBeenCalled();
});

it('follows the element in another window: its observers, its page and its end', async () => {
  const other = new FakeWindow();
  element.ownerDocument = { defaultView: other };
  vi.stubGlobal('IntersectionObserver', undefined);
  vi.stubGlobal('ResizeObserver', undefined);
  const stop = observe();
  expect(FakeObserver.all.size).toBe(2);
  other.document.dispatchEvent(new Event('visibilitychange'));
  expect(onChange).toHaveBeenCalledTimes(1);
  other.dispatchEvent(new Event('pagehide'));
  // The window closes after the event.
  expect(onChange).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(0);
  expect(onChange).toHaveBeenCalledTimes(2);
  stop();
  other.document.dispatchEvent(new Event('visibilitychange'));
  other.dispatchEvent(new Event('pagehide'));
  await vi.advanceTimersByTimeAsync(0);
  expect(onChange).toHaveBeenCalledTimes(2);
});

it('works in a browser without observers', () => {
  vi.stubGlobal('IntersectionObserver', undefined);
  vi.stubGlobal('ResizeObserver', undefined);
  const stop = observe();
  element.dispatchEvent(new Event('playing'));
  expect(seen()).toEqual([true]);
  expect(stop).not.toThrow();
});
