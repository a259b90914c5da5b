import { css, type CSSResult } from 'lit';

export const stageStyles: CSSResult = css`
  :host {
    position: relative;
    display: block;
    overflow: hidden;
    min-block-size: 150px;
    background: var(--_stage);
    color: var(--_on-stage);
    color-scheme: dark;
  }

  parley-tile {
    position: absolute;
    transition:
      left 0.28s ease,
      top 0.28s ease,
      width 0.28s ease,
      height 0.28s ease;
    animation: appear 0.2s ease-out;
  }

  /* A new size of the window is no movement of tiles. */
  .resizing parley-tile {
    transition: none;
  }

  parley-tile[data-role='full'] {
    --parley-tile-radius: 0;
  }

  /* The name stays above and beside what covers the stage. */
  parley-tile[data-role='full']::part(label) {
    inset-block-end: calc(var(--parley-stage-inset-bottom, 0px) + 8px);
    inset-inline-start: calc(var(--_cover-start, 0px) + 8px);
    max-inline-size: calc(100% - var(--_cover-start, 0px) - var(--_cover-end, 0px) - 16px);
  }

  parley-tile[data-role='floating'] {
    z-index: 2;
    cursor: grab;
    touch-action: none;
    box-shadow: 0 6px 24px rgb(0 0 0 / 50%);
  }

  parley-tile[data-dragged] {
    transition: none;
    cursor: grabbing;
  }

  @keyframes appear {
    from {
      opacity: 0;
    }
  }

  .alone {
    position: absolute;
    /* Below a state such as “Reconnecting…”, also with large text. */
    inset-block-start: calc(12px + 3.25em);
    inset-inline: 16px;
    z-index: 1;
    text-align: center;
    pointer-events: none;
  }

  .alone p {
    display: inline-block;
    margin: 0;
    padding: 10px 18px;
    border-radius: 14px;
    background: rgb(15 17 21 / 78%);
  }

  .alone small {
    display: block;
    opacity: 0.85;
  }

  .more {
    position: absolute;
    display: grid;
    place-items: center;
    border: 0;
    border-radius: var(--parley-tile-radius, 12px);
    background: var(--_tile);
    color: inherit;
    font-size: 1.25em;
    font-weight: 700;
  }

  .more:hover {
    background: color-mix(in srgb, var(--_tile), #fff 10%);
  }

  .turn {
    position: absolute;
    inset-block-start: calc(50% - 22px);
    z-index: 3;
    display: grid;
    place-items: center;
    inline-size: 44px;
    block-size: 44px;
    border: 0;
    border-radius: 50%;
    background: rgb(15 17 21 / 78%);
    color: inherit;
  }

  .turn:hover {
    background: #000;
  }

  .turn.previous {
    inset-inline-start: 8px;
  }

  .turn.next {
    inset-inline-end: 8px;
  }

  :host(:dir(rtl)) .turn .icon {
    transform: scaleX(-1);
  }

  .pages {
    position: absolute;
    inset-block-end: max(2px, calc(var(--parley-stage-inset-bottom, 0px) - 10px));
    inset-inline: 0;
    z-index: 1;
    display: flex;
    justify-content: center;
    gap: 6px;
    pointer-events: none;
  }

  .pages i {
    inline-size: 7px;
    block-size: 7px;
    border-radius: 50%;
    background: rgb(255 255 255 / 40%);
  }

  .pages i[data-current] {
    background: #fff;
  }
`;
