import type { ViewedVideo } from '@parley-rtc/contract';
import {
  delayBefore,
  desiredVideo,
  isSameVideo,
  type ShownElement,
  type VideoPause,
} from './desired-video.ts';
import { browserScreen as screen } from './screen.ts';
import type { CapMember, VideoCap, ViewPriority } from './video-cap.ts';

export interface AdaptiveVideoOptions {
  readonly cap: VideoCap;
  readonly priority: ViewPriority;
  /** The app's explicit choice; undefined when the video adapts. */
  readonly byHand: ViewedVideo | undefined;
  /** Called when the desired video has changed for long enough. */
  readonly onDesired: (desired: ViewedVideo) => void;
}

/** Watches where a view's video is visible, and derives from it what to request from the server. */
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
  #desired: ViewedVideo;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shownOrder: number;

  /** `first` is the element that will be attached, if the app named it. */
  constructor(options: AdaptiveVideoOptions, first?: HTMLMediaElement) {
    const { cap, byHand, priority } = options;
    this.#options = options;
    this.#byHand = byHand;
    this.#priority = priority;
    this.#shownOrder = cap.nextOrder();
    // Without an element the size is not known yet. Let the video flow at first, so that no time is lost.
    this.#desired = first
      ? desiredVideo({ ...this.#facts(), elements: [screen.look(first)] })
      : (byHand ?? {});
    this.#stopPage = screen.watchPage(() => this.#consider());
    cap.add(this);
  }

  get priority(): ViewPriority {
    return this.#priority;
  }

  get isDesired(): boolean {
    return !this.#desired.isPaused;
  }

  get shownOrder(): number {
    return this.#shownOrder;
  }

  /** The video to request now, with the cap applied. */
  get desired(): ViewedVideo {
    return this.#isAllowed ? this.#desired : { isPaused: true };
  }

  /** Why the video does not flow; undefined when it does. */
  get pause(): VideoPause | undefined {
    if (!this.desired.isPaused) return undefined;
    return this.#desired.isPaused && !this.#byHand ? 'hidden' : 'chosen';
  }

  /** Pauses the video from now on while it is not visible. */
  start(): void {
    this.#consider();
  }

  setPriority(priority: ViewPriority): void {
    this.#priority = priority;
    this.#options.cap.review();
  }

  setByHand(desired: ViewedVideo | undefined): void {
    this.#byHand = desired;
    this.#consider();
  }

  /** The app shows the stream itself. */
  take(): void {
    if (this.#isTaken) return;
    this.#isTaken = true;
    this.#wasViewed = true;
    this.#consider();
  }

  /** Follows `element` until the returned function is called. */
  watch(element: HTMLMediaElement): () => void {
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
    this.#options.onDesired(this.desired);
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
      isPageVisible: screen.isPageVisible(),
      isTaken: this.#isTaken,
      byHand: this.#byHand,
    };
  }

  #consider(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    const facts = this.#facts();
    const next = desiredVideo(facts);
    if (isSameVideo(next, this.#desired)) return;
    const delayMs = facts.byHand
      ? 0
      : delayBefore(this.#desired, next, { isPageVisible: facts.isPageVisible, wasViewed: this.#wasViewed });
    if (delayMs === 0) this.#apply(next);
    else this.#timer = setTimeout(() => this.#apply(desiredVideo(this.#facts())), delayMs);
  }

  #apply(desired: ViewedVideo): void {
    const { cap, onDesired } = this.#options;
    const isShownAgain = this.#desired.isPaused && !desired.isPaused;
    this.#desired = desired;
    if (isShownAgain) this.#shownOrder = cap.nextOrder();
    cap.review();
    onDesired(this.desired);
  }
}
