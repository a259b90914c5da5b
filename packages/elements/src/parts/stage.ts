import {
  html,
  nothing,
  type CSSResultGroup,
  type PropertyDeclarations,
  type PropertyValues,
  type TemplateResult,
} from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { styleMap } from 'lit/directives/style-map.js';
import { CallElement } from '../base/call-element.ts';
import { define } from '../base/define.ts';
import type { AspectDetail } from '../base/events.ts';
import { icon } from '../base/icon.ts';
import { isRightToLeft } from '../base/is-right-to-left.ts';
import { sizeObserver } from '../base/observe-sizes.ts';
import { buttons, tokens } from '../base/styles.ts';
import type { Layout, Place, PlacedTile } from '../layout/layout.ts';
import { FloatingDrag } from '../stage/floating-drag.ts';
import { stageStyles } from '../stage/stage-styles.ts';
import { tileName } from '../stage/tile-name.ts';
import type { Call } from '../stores/call-of.ts';
import { createStage, type StageState, type StageStore } from '../stores/create-stage.ts';
import './tile.ts';

/** After the last change of size, tiles move again. */
const resizingMs = 150;

/**
 * Everyone in the call: two people, a grid, or a screen or a pinned tile with a filmstrip. It fills the box that the page gives
 * it; without a height of its own it has none.
 *
 * @fires parley-remove - As of `parley-tile`: a moderator wants to remove a participant; nothing has happened yet.
 * @slot alone - What is shown while nobody else is there.
 * @csspart more - The button at the end of a filmstrip.
 * @cssprop --parley-stage - The colour behind the tiles.
 * @cssprop --parley-stage-inset-top - How much a bar at the top covers, in pixels. Default 0px.
 * @cssprop --parley-stage-inset-bottom - How much a bar at the bottom covers, in pixels. Default 0px.
 */
export class ParleyStage extends CallElement {
  static override properties: PropertyDeclarations = { isResizing: { state: true } };
  static override styles: CSSResultGroup = [tokens, buttons, stageStyles];

  declare isResizing: boolean;

  #stage: StageStore | undefined;
  #laidOut: Call | undefined;
  #resizing: ReturnType<typeof setTimeout> | undefined;
  readonly #drag = new FloatingDrag({
    onDropped: (corner) => this.#stage?.setFloatingCorner(corner),
    corner: () => this.#stage?.getSnapshot().floatingCorner ?? 'bottom-end',
  });
  #sizes: ResizeObserver | undefined;

  constructor() {
    super();
    this.isResizing = false;
  }

  /** Enlarges a tile of the stage; undefined lets screens and speakers decide again. */
  pin(id: string | undefined): void {
    this.#stage?.pin(id);
  }

  /** Lays out again, after `--parley-stage-inset-top` or `--parley-stage-inset-bottom` has changed. */
  refresh(): void {
    this.#readShape();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes = sizeObserver(this, () => this.#onResize());
    this.#sizes?.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes?.disconnect();
    clearTimeout(this.#resizing);
    this.#stage?.close();
    this.#stage = undefined;
    this.#laidOut = undefined;
  }

  protected override willUpdate(_changed: PropertyValues<this>): void {
    if (this.call === this.#laidOut) return;
    this.#stage?.close();
    this.#laidOut = this.call;
    this.#stage = this.call && createStage(this.call.tiles);
    this.#readShape();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.#stage) return nothing;
    const state = this.read(this.#stage);
    const { layout } = state;
    return html`
      <div
        role="group"
        aria-label=${this.text('stage.label')}
        class=${this.isResizing ? 'resizing' : ''}
        @parley-pin=${(event: CustomEvent<{ id: string }>) => this.#togglePin(event.detail.id)}
        @parley-aspect=${({ detail }: CustomEvent<AspectDetail>) =>
          this.#stage?.setAspect(detail.id, detail.aspect)}
      >
        ${repeat(
          layout.placed,
          ({ id }) => id,
          (placed) => this.#renderTile(placed, state),
        )}
        ${this.#renderMore(layout)} ${this.#renderPages(layout)}
        ${
          layout.mode === 'alone'
            ? html`<div class="alone">
                <slot name="alone">
                  <p>${this.text('stage.alone')}<small>${this.text('stage.alone-hint')}</small></p>
                </slot>
              </div>`
            : nothing
        }
      </div>
    `;
  }

  #renderTile(placed: PlacedTile, state: StageState): TemplateResult | typeof nothing {
    const { layout, tiles, pinnedId } = state;
    const tile = tiles.get(placed.id);
    if (!tile) return nothing;
    const isFloating = placed.role === 'floating';
    const isFull = layout.mode === 'one-to-one' && !isFloating;
    return html`<parley-tile
      data-id=${placed.id}
      data-role=${isFull ? 'full' : placed.role}
      style=${styleMap({ ...styleOf(placed), ...(isFull && coverOf(state)) })}
      role="group"
      tabindex=${isFloating ? '0' : nothing}
      aria-label=${isFloating ? this.text('tile.move-self-view') : tileName(tile, this.textOf)}
      .tile=${tile}
      .conference=${this.currentConference}
      .texts=${this.texts}
      .isPinned=${pinnedId === placed.id}
      .hasMenu=${!isFloating}
      @dblclick=${() => this.#togglePin(placed.id)}
      @pointerdown=${isFloating ? (event: PointerEvent) => this.#drag.begin(event, this) : nothing}
      @keydown=${isFloating ? (event: KeyboardEvent) => this.#drag.onKey(event, this) : nothing}
    ></parley-tile>`;
  }

  #renderMore({ more }: Layout): TemplateResult | typeof nothing {
    if (!more) return nothing;
    const label = this.text('stage.more', { count: more.count });
    return html`<button
      class="more"
      part="more"
      type="button"
      style=${styleMap(styleOf(more))}
      aria-label=${label}
      title=${label}
      @click=${() => this.#stage?.turnPage(1)}
    >
      +${more.count}
    </button>`;
  }

  #renderPages({ mode, page, pageCount }: Layout): TemplateResult | typeof nothing {
    if (mode === 'focus' || pageCount < 2) return nothing;
    const turn = (pages: number, key: 'stage.previous-page' | 'stage.next-page'): TemplateResult =>
      html`<button
        class="turn ${pages < 0 ? 'previous' : 'next'}"
        type="button"
        aria-label=${this.text(key)}
        title=${this.text(key)}
        @click=${() => this.#stage?.turnPage(pages)}
      >
        ${icon(pages < 0 ? 'chevron-start' : 'chevron-end')}
      </button>`;
    return html`${turn(-1, 'stage.previous-page')} ${turn(1, 'stage.next-page')}
      <div
        class="pages"
        role="img"
        aria-label=${this.text('stage.page', { page: page + 1, count: pageCount })}
      >
        ${Array.from({ length: pageCount }, (_, index) => html`<i ?data-current=${index === page}></i>`)}
      </div>`;
  }

  #togglePin(id: string): void {
    const isPinned = this.#stage?.getSnapshot().pinnedId === id;
    this.#stage?.pin(isPinned ? undefined : id);
  }

  #onResize(): void {
    clearTimeout(this.#resizing);
    this.isResizing = true;
    this.#resizing = setTimeout(() => {
      this.isResizing = false;
    }, resizingMs);
    this.#readShape();
  }

  #readShape(): void {
    if (!this.#stage || !this.isConnected) return;
    const style = getComputedStyle(this);
    const inset = (side: 'top' | 'bottom'): number =>
      Number.parseFloat(style.getPropertyValue(`--parley-stage-inset-${side}`)) || 0;
    this.#stage.setShape({
      widthPx: this.clientWidth,
      heightPx: this.clientHeight,
      isRightToLeft: isRightToLeft(this),
      insets: { topPx: inset('top'), bottomPx: inset('bottom') },
    });
  }
}

function styleOf({ xPx, yPx, widthPx, heightPx }: Place): Readonly<Record<string, string>> {
  return { left: `${xPx}px`, top: `${yPx}px`, width: `${widthPx}px`, height: `${heightPx}px` };
}

/** What the floating tile covers of the line in which the tile beneath it shows its name. */
function coverOf({ layout, floatingCorner }: StageState): Readonly<Record<string, string>> {
  const floating = layout.placed.find(({ role }) => role === 'floating');
  const [row, side = ''] = floatingCorner.split('-');
  return floating && row === 'bottom' ? { [`--_cover-${side}`]: `${floating.widthPx + 8}px` } : {};
}

define('parley-stage', ParleyStage);

declare global {
  interface HTMLElementTagNameMap {
    'parley-stage': ParleyStage;
  }
}
