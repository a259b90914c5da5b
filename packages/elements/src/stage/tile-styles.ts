import { css, type CSSResult } from 'lit';

export const tileStyles: CSSResult = css`
  :host {
    position: relative;
    display: block;
    container: tile / size;
    overflow: hidden;
    border-radius: var(--parley-tile-radius, 12px);
    background: var(--_tile);
    color: var(--_on-stage);
    font-size: 0.875em;
    color-scheme: dark;
  }

  .picture {
    position: absolute;
    inset: 0;
  }

  video,
  canvas {
    position: absolute;
    inset: 0;
    inline-size: 100%;
    block-size: 100%;
    object-fit: cover;
  }

  video[data-fit='contain'] {
    object-fit: contain;
  }

  video[data-mirrored] {
    transform: scaleX(-1);
  }

  canvas {
    filter: blur(24px) brightness(0.6);
    transform: scale(1.2);
  }

  .avatar {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
  }

  .avatar span,
  .avatar img {
    --_size: min(45cqmin, 9rem);
    display: grid;
    place-items: center;
    inline-size: var(--_size);
    block-size: var(--_size);
    border-radius: 50%;
    object-fit: cover;
    color: #fff;
    font-size: calc(var(--_size) * 0.38);
    font-weight: 600;
  }

  /* An outline would be cut off by the rounded corners. */
  .ring {
    position: absolute;
    inset: 0;
    border-radius: inherit;
    pointer-events: none;
  }

  :host([speaking]) .ring {
    border: 3px solid var(--_speaking);
    box-shadow: inset 0 0 0 2px rgb(0 0 0 / 55%);
  }

  .label {
    position: absolute;
    inset-block-end: 8px;
    inset-inline-start: 8px;
    display: flex;
    align-items: center;
    gap: 6px;
    max-inline-size: calc(100% - 16px);
    padding: 3px 8px;
    border-radius: 8px;
    background: rgb(15 17 21 / 72%);
    font-weight: 500;
    line-height: 1.5;
  }

  .label bdi {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .label .icon {
    inline-size: 1.1em;
    block-size: 1.1em;
  }

  .label .muted {
    color: #ff8f94;
  }

  .corner {
    position: absolute;
    inset-block-start: 8px;
    inset-inline-start: 8px;
    display: flex;
    gap: 6px;
  }

  .badge {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    padding: 3px 8px;
    border-radius: 8px;
    background: rgb(15 17 21 / 72%);
    line-height: 1.5;
  }

  .badge.hand {
    background: #f5b83d;
    color: #231800;
  }

  .menu {
    position: absolute;
    inset-block-start: 6px;
    inset-inline-end: 6px;
    border-radius: 999px;
    background: rgb(15 17 21 / 72%);
    opacity: 0;
    transition: opacity 0.15s;
  }

  :host(:hover) .menu,
  .menu:focus-within,
  .menu[data-open] {
    opacity: 1;
  }

  @media (hover: none) {
    .menu {
      opacity: 0.85;
    }
  }

  .veil {
    position: absolute;
    inset: 0;
    display: grid;
    align-content: center;
    justify-items: center;
    gap: 10px;
    padding: 12px;
    background: rgb(15 17 21 / 62%);
    text-align: center;
  }

  .veil .button {
    min-block-size: 2.5em;
    border-color: rgb(255 255 255 / 40%);
    background: rgb(255 255 255 / 14%);
  }

  .spinner {
    inline-size: 28px;
    block-size: 28px;
    border: 3px solid rgb(255 255 255 / 30%);
    border-block-start-color: #fff;
    border-radius: 50%;
    animation: turn 1s linear infinite;
  }

  @keyframes turn {
    to {
      transform: rotate(1turn);
    }
  }

  .volume {
    display: flex;
    align-items: center;
    gap: 8px;
  }

  .reaction {
    position: absolute;
    inset-block-end: 12%;
    inset-inline-start: 50%;
    font-size: clamp(28px, 22cqmin, 72px);
    animation: rise 3.5s ease-out both;
    pointer-events: none;
  }

  @keyframes rise {
    from {
      opacity: 0;
      transform: translate(-50%, 20%) scale(0.6);
    }
    15% {
      opacity: 1;
      transform: translate(-50%, 0) scale(1.1);
    }
    to {
      opacity: 0;
      transform: translate(-50%, -120%) scale(1);
    }
  }

  /* In a tile as small as a stamp, only the name and a muted microphone matter. */
  @container tile (width < 150px) or (height < 100px) {
    .label {
      inset-block-end: 4px;
      inset-inline-start: 4px;
      max-inline-size: calc(100% - 8px);
      padding: 1px 6px;
      font-size: 0.86em;
    }

    .corner .badge:not(.hand),
    .badge .words {
      display: none;
    }
  }

  @media (forced-colors: active) {
    :host {
      border: 1px solid CanvasText;
    }

    :host([speaking]) .ring {
      border: 4px solid Highlight;
    }

    .label,
    .badge {
      background: Canvas;
      color: CanvasText;
    }
  }
`;
