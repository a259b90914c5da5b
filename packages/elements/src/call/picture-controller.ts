import type { Conference } from '@parley-rtc/sdk';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { isRightToLeft } from '../base/is-right-to-left.ts';
import type { Texts } from '../texts/en.ts';

export interface PictureControllerOptions {
  readonly conference: () => Conference | undefined;
  readonly texts: () => Partial<Texts> | undefined;
  readonly language: () => string;
  /** Adds listeners to what the small window shows. */
  readonly onCreated: (content: HTMLElement) => void;
}

/** Whether the browser has windows that stay on top of all others, for more than one video. */
export function hasPictureWindows(): boolean {
  return 'documentPictureInPicture' in globalThis;
}

/** Shows a call in a small window instead of its page, and brings it back when the window or the element goes. */
export class PictureController implements ReactiveController {
  readonly #host: ReactiveControllerHost & HTMLElement;
  readonly #options: PictureControllerOptions;
  #close: (() => void) | undefined;

  constructor(host: ReactiveControllerHost & HTMLElement, options: PictureControllerOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  get isOpen(): boolean {
    return this.#close !== undefined;
  }

  hostDisconnected(): void {
    this.close();
  }

  close(): void {
    this.#close?.();
  }

  /** Opens the window, or closes it. Call it from a click. Rejects if the browser refuses. */
  async toggle(): Promise<void> {
    if (this.#close) return this.#close();
    const conference = this.#options.conference();
    if (!conference) return;
    const { openPictureWindow } = await import('./picture-window.ts');
    const close = await openPictureWindow({
      conference,
      texts: this.#options.texts(),
      lang: this.#options.language(),
      isRightToLeft: isRightToLeft(this.#host),
      onCreated: this.#options.onCreated,
      onClosed: () => {
        this.#close = undefined;
        this.#host.requestUpdate();
      },
    });
    // The call may be over by now.
    if (!this.#host.isConnected) return close();
    this.#close = close;
    this.#host.requestUpdate();
  }
}
