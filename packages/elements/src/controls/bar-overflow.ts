import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { sizeObserver } from '../base/observe-sizes.ts';
import { whatFits, type BarItem } from './what-fits.ts';

/** In this order, built-in buttons leave a bar that is too narrow; the page's own leave where `own` stands, the last one first. */
const leavingOrder = [
  'react',
  'hand',
  'people',
  'own',
  'share',
  'chat',
  'microphone-devices',
  'camera-devices',
];

/** Marks a button that has no room. */
const awayAttribute = 'data-away';

/** What a bar shows and what is in its menu instead. */
export interface BarOverflow {
  readonly away: ReadonlySet<string>;
  /** Buttons of the page that are in the menu. */
  readonly ownAway: readonly HTMLElement[];
}

/**
 * Measures the buttons of a bar, and hides those that have no room. Measured instead of asked by media queries, because words
 * have other widths in other languages, fonts and text sizes, and pages add buttons of their own.
 */
export class BarOverflowController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #observed = new Set<Element>();
  #sizes: ResizeObserver | undefined;
  #overflow: BarOverflow = { away: new Set(), ownAway: [] };

  constructor(host: ReactiveControllerHost & HTMLElement) {
    this.#host = host;
    host.addController(this);
  }

  get overflow(): BarOverflow {
    return this.#overflow;
  }

  hostUpdated(): void {
    const bar = this.#bar;
    if (!bar || !this.#host.isConnected) return;
    this.#sizes ??= sizeObserver(this.#host, () => this.#measure());
    const present = new Set<Element>([this.#host, ...itemsOf(bar), ...ownButtonsOf(bar)]);
    for (const element of this.#observed) {
      if (present.has(element)) continue;
      this.#sizes?.unobserve(element);
      this.#observed.delete(element);
    }
    for (const element of present) {
      if (this.#observed.has(element)) continue;
      this.#observed.add(element);
      this.#sizes?.observe(element);
    }
  }

  hostDisconnected(): void {
    this.#sizes?.disconnect();
    this.#sizes = undefined;
    this.#observed.clear();
    for (const button of this.#overflow.ownAway) button.removeAttribute(awayAttribute);
    this.#overflow = { away: new Set(), ownAway: [] };
  }

  get #bar(): HTMLElement | undefined {
    return this.#host.shadowRoot?.querySelector<HTMLElement>('.bar') ?? undefined;
  }

  #measure(): void {
    const bar = this.#bar;
    if (!bar) return;
    const items = itemsOf(bar);
    const own = ownButtonsOf(bar);
    for (const element of [...items, ...own]) element.removeAttribute(awayAttribute);
    const widthsIn = (isCompact: boolean): readonly number[] => {
      bar.toggleAttribute('data-compact', isCompact);
      return [...items, ...own].map((element) => element.getBoundingClientRect().width);
    };
    const [wide, compact] = [widthsIn(false), widthsIn(true)];
    const compactGapPx = gapOf(bar);
    bar.removeAttribute('data-compact');
    const ids = [
      ...items.map(({ dataset }) => dataset['item'] ?? ''),
      ...own.map((_, index) => `own-${index}`),
    ];
    const measured = ids.map((id, index): BarItem => ({
      id,
      widePx: wide[index] ?? 0,
      compactPx: compact[index] ?? 0,
    }));
    const ownIds = own.flatMap((button, index) => (clickableOf(button) ? [`own-${index}`] : [])).toReversed();
    const leaving = leavingOrder.flatMap((id) => (id === 'own' ? ownIds : [id]));
    // What the user sees nothing of, such as devices that the browser does not list, needs no room.
    const { isCompact, away } = whatFits(
      measured.filter(({ compactPx }) => compactPx > 0),
      leaving,
      { roomPx: roomOf(bar), gapPx: gapOf(bar), compactGapPx },
    );
    bar.toggleAttribute('data-compact', isCompact);
    const awayIds = new Set(away);
    for (const [index, element] of [...items, ...own].entries()) {
      element.toggleAttribute(awayAttribute, awayIds.has(ids[index] ?? ''));
    }
    // The focus must not vanish together with its button.
    const root = this.#host.shadowRoot;
    if (root?.activeElement?.hasAttribute(awayAttribute)) root.querySelector<HTMLElement>('#more')?.focus();
    this.#set({ away: awayIds, ownAway: own.filter((_, index) => awayIds.has(`own-${index}`)) });
  }

  #set(overflow: BarOverflow): void {
    const isSame =
      Array.from(overflow.away).join() === Array.from(this.#overflow.away).join() &&
      overflow.ownAway.every((button, index) => button === this.#overflow.ownAway[index]);
    if (isSame) return;
    this.#overflow = overflow;
    this.#host.requestUpdate();
  }
}

/** What a click on a button of the page clicks: itself, or the button in it; nothing if it is no button. */
export function clickableOf(element: HTMLElement): HTMLElement | undefined {
  const buttons = 'button, a[href], [role="button"]';
  if (element.matches(buttons)) return element;
  return element.querySelector<HTMLElement>(buttons) ?? undefined;
}

/** The name of a button of the page, as assistive technology says it. */
export function nameOf(element: HTMLElement): string {
  const named = clickableOf(element) ?? element;
  const texts = [named.ariaLabel, named.textContent, named.title].map((text) => text?.trim());
  return texts.find((text) => text !== undefined && text !== '') ?? '';
}

function itemsOf(bar: HTMLElement): readonly HTMLElement[] {
  return Array.from(bar.querySelectorAll<HTMLElement>('[data-item]'));
}

function ownButtonsOf(bar: HTMLElement): readonly HTMLElement[] {
  const assigned = bar.querySelector('slot')?.assignedElements({ flatten: true }) ?? [];
  return assigned.filter((element) => element instanceof HTMLElement);
}

function gapOf(bar: HTMLElement): number {
  return Number.parseFloat(getComputedStyle(bar).columnGap) || 0;
}

function roomOf(bar: HTMLElement): number {
  const { paddingInlineStart, paddingInlineEnd } = getComputedStyle(bar);
  // Widths are fractions, and their sum may be a little more than what they need.
  const slackPx = 1;
  return (
    bar.clientWidth - Number.parseFloat(paddingInlineStart) - Number.parseFloat(paddingInlineEnd) + slackPx
  );
}
