import type { ViewedVideo } from '@parley-rtc/contract';
import type { Screen } from './screen.ts';
import type { CapMember, VideoCap, ViewPriority } from './video-cap.ts';
import { delayBefore, isSameWish, type ShownElement, type VideoPause, wishFor } from './video-wish.ts';

export interface AdaptiveVideoOptions {
  readonly screen: Screen;
  readonly cap: VideoCap;
  readonly priority: ViewPriority;
  /** What the app asked for by hand. */
  readonly byHand: ViewedVideo | undefined;
  /** The wish has changed and lasted. */
  readonly onWish: (wish: ViewedVideo) => void;
}

/** Follows where a view's video is to be seen, and turns that into a wish for the server. */
export class AdaptiveVideo implements CapMember {
  readonly #options: AdaptiveVideoOptions;
  readonly #elements = new Map<object, ShownElement>();
  readonly #stopPage: () => void;
  #byHand: ViewedVideo | undefined;
  #priority: ViewPriority;
  #isTaken = false;
  #wasViewed = false;
  #isAllowed = true;
  #isClosed = false;
  #wish: ViewedVideo;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shownOrder: number;

  /** `first` is the element that will be attached, if the app named it. */
  constructor(options: AdaptiveVideoOptions, first?: HTMLMediaElement) {
    const { screen, cap, byHand, priority } = options;
    this.#options = options;
    this.#byHand = byHand;
    this.#priority = priority;
    this.#shownOrder = cap.nextOrder();
    // Without an element nobody knows yet how the app will view it: it flows for a moment, so that no time is lost.
    this.#wish = first ? wishFor({ ...this.#facts(), elements: [screen.look(first)] }) : (byHand ?? {});
    this.#stopPage = screen.watchPage(() => this.#consider());
    cap.add(this);
  }

  get priority(): ViewPriority {
    return this.#priority;
  }

  get isWanted(): boolean {
    return !this.#wish.isPaused;
  }

  get shownOrder(): number {
    return this.#shownOrder;
  }

  /** What is wanted now, with the cap applied. */
  get wish(): ViewedVideo {
    return this.#isAllowed ? this.#wish : { isPaused: true };
  }

  /** Why it does not flow; undefined when it does. */
  get pause(): VideoPause | undefined {
    if (!this.wish.isPaused) return undefined;
    return this.#wish.isPaused && !this.#byHand ? 'hidden' : 'chosen';
  }

  /** From now on a view that nobody looks at is paused. */
  start(): void {
    this.#consider();
  }

  setPriority(priority: ViewPriority): void {
    this.#priority = priority;
    this.#options.cap.review();
  }

  setByHand(wish: ViewedVideo | undefined): void {
    this.#byHand = wish;
    this.#consider();
  }

  /** The app shows the stream by its own means. */
  take(): void {
    if (this.#isTaken) return;
    this.#isTaken = true;
    this.#wasViewed = true;
    this.#consider();
  }

  /** Follows `element` until the returned function is called. */
  watch(element: HTMLMediaElement): () => void {
    const { screen } = this.#options;
    const key = {};
    const see = (shown: ShownElement) => {
      this.#elements.set(key, shown);
      this.#consider();
    };
    const stop = screen.watchElement(element, see);
    this.#wasViewed = true;
    see(screen.look(element));
    return () => {
      stop();
      this.#elements.delete(key);
      this.#consider();
    };
  }

  setAllowed(isAllowed: boolean): void {
    if (this.#isAllowed === isAllowed) return;
    this.#isAllowed = isAllowed;
    this.#options.onWish(this.wish);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#stopPage();
    this.#options.cap.remove(this);
  }

  #facts() {
    return {
      elements: [...this.#elements.values()],
      isPageVisible: this.#options.screen.isPageVisible(),
      isTaken: this.#isTaken,
      byHand: this.#byHand,
    };
  }

  #consider(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    const facts = this.#facts();
    const next = wishFor(facts);
    if (isSameWish(next, this.#wish)) return;
    const delayMs = facts.byHand
      ? 0
      : delayBefore(this.#wish, next, { isPageVisible: facts.isPageVisible, wasViewed: this.#wasViewed });
    if (delayMs === 0) this.#apply(next);
    else this.#timer = setTimeout(() => this.#apply(wishFor(this.#facts())), delayMs);
  }

  #apply(wish: ViewedVideo): void {
    const { cap, onWish } = this.#options;
    const isShownAnew = this.#wish.isPaused && !wish.isPaused;
    this.#wish = wish;
    if (isShownAnew) this.#shownOrder = cap.nextOrder();
    cap.review();
    onWish(this.wish);
  }
}
