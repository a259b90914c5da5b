import type { ViewedStream } from '@parley-rtc/sdk';
import { attachIfOpen } from '@parley-rtc/sdk/bindings';
import { css, html, type CSSResultGroup, type TemplateResult } from 'lit';
import { CallElement } from '../base/call-element.ts';
import { define } from '../base/define.ts';

/**
 * Plays everyone, whatever tiles the page shows. One in a page is enough; `parley-call` has its own.
 */
export class ParleyAudio extends CallElement {
  static override styles: CSSResultGroup = css`
    :host {
      display: none;
    }
  `;

  readonly #playing = new Map<ViewedStream, () => void>();

  protected override render(): TemplateResult {
    if (this.call) this.read(this.call.views);
    return html``;
  }

  protected override updated(): void {
    const views = new Set(this.call?.views.getSnapshot().views.values());
    for (const [view, stop] of Array.from(this.#playing)) if (!views.has(view)) stop();
    for (const view of views) if (!this.#playing.has(view)) this.#play(view);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const stop of Array.from(this.#playing.values())) stop();
  }

  #play(view: ViewedStream): void {
    const audio = document.createElement('audio');
    // In the page, so that developers find it, and browsers that stop detached elements do not.
    this.renderRoot.append(audio);
    const detach = attachIfOpen(view, audio);
    this.#playing.set(view, () => {
      this.#playing.delete(view);
      detach();
      audio.remove();
    });
  }
}

define('parley-audio', ParleyAudio);

declare global {
  interface HTMLElementTagNameMap {
    'parley-audio': ParleyAudio;
  }
}
