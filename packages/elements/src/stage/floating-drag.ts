import { isRightToLeft } from '../base/is-right-to-left.ts';
import { floatingCornerNear } from '../layout/corners.ts';
import type { FloatingCorner } from '../layout/layout.ts';

export interface FloatingDragOptions {
  readonly onDropped: (corner: FloatingCorner) => void;
  /** Where the tile is now. */
  readonly corner: () => FloatingCorner;
}

/** A pointer that moves less has clicked. */
const leastPx = 6;

/** Moves the floating self-view to another corner, with a pointer or with the arrow keys. */
export class FloatingDrag {
  readonly #options: FloatingDragOptions;

  constructor(options: FloatingDragOptions) {
    this.#options = options;
  }

  /** Follows the pointer until it is released. */
  begin(event: PointerEvent, stage: HTMLElement): void {
    const tile = event.currentTarget;
    if (event.button !== 0 || !(tile instanceof HTMLElement)) return;
    const { clientX, clientY, pointerId } = event;
    const end = new AbortController();
    const { signal } = end;
    let isMoved = false;
    tile.setPointerCapture(pointerId);
    tile.addEventListener(
      'pointermove',
      ({ clientX: x, clientY: y }) => {
        isMoved ||= Math.hypot(x - clientX, y - clientY) >= leastPx;
        if (!isMoved) return;
        tile.toggleAttribute('data-dragged', true);
        tile.style.translate = `${x - clientX}px ${y - clientY}px`;
      },
      { signal },
    );
    const drop = (): void => {
      end.abort();
      const place = tile.getBoundingClientRect();
      tile.toggleAttribute('data-dragged', false);
      tile.style.translate = '';
      if (!isMoved) return;
      const around = stage.getBoundingClientRect();
      const centre = {
        xPx: place.x + place.width / 2 - around.x,
        yPx: place.y + place.height / 2 - around.y,
      };
      this.#options.onDropped(
        floatingCornerNear(centre, { widthPx: around.width, heightPx: around.height }, isRightToLeft(stage)),
      );
    };
    tile.addEventListener('pointerup', drop, { signal });
    tile.addEventListener('pointercancel', drop, { signal });
  }

  /** Moves the tile by an arrow key. */
  onKey(event: KeyboardEvent, stage: HTMLElement): void {
    const [, vertical = 'bottom', horizontal = 'end'] = /^(\w+)-(\w+)$/.exec(this.#options.corner()) ?? [];
    const [left, right] = isRightToLeft(stage) ? ['end', 'start'] : ['start', 'end'];
    const corners: Readonly<Record<string, string>> = {
      ArrowUp: `top-${horizontal}`,
      ArrowDown: `bottom-${horizontal}`,
      ArrowLeft: `${vertical}-${left}`,
      ArrowRight: `${vertical}-${right}`,
    };
    const corner = corners[event.key];
    if (corner === undefined) return;
    event.preventDefault();
    this.#options.onDropped(corner as FloatingCorner);
  }
}
