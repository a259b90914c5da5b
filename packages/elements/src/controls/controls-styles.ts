import { css, type CSSResult } from 'lit';

export const controlsStyles: CSSResult = css`
  :host {
    display: block;
    color: var(--_on-stage);
    color-scheme: dark;
    --_surface: var(--parley-surface-dark, #1d1f24);
  }

  .bar {
    display: flex;
    align-items: center;
    justify-content: center;
    flex-wrap: wrap;
    gap: 8px;
    padding: 8px;
  }

  .bar > *,
  ::slotted(*) {
    flex: none;
  }

  .group {
    display: flex;
    align-items: stretch;
    border-radius: 14px;
    background: #2b2f37;
  }

  .control {
    align-items: center;
    justify-content: center;
    border: 0;
    background: #2b2f37;
    color: inherit;
    font: inherit;
    white-space: nowrap;
    cursor: pointer;
  }

  .control,
  parley-menu.more::part(button) {
    display: flex;
    flex-direction: column;
    gap: 2px;
    min-inline-size: 64px;
    min-block-size: 56px;
    padding: 6px 8px;
    border-radius: 14px;
    font-size: 0.75em;
    font-weight: 500;
    line-height: 1.3;
  }

  .control .icon,
  parley-menu.more .icon {
    inline-size: 22px;
    block-size: 22px;
  }

  .control:hover:not(:disabled, [aria-disabled='true']),
  .group parley-device-menu:hover {
    background: #3a3f49;
  }

  .control:disabled,
  .control[aria-disabled='true'] {
    cursor: default;
  }

  .control:disabled > *,
  .control[aria-disabled='true'] > * {
    opacity: 0.5;
  }

  .control:focus-visible {
    outline-color: #fff;
  }

  /* Off is no error, but it must not be overlooked. */
  .control.off {
    color: #ff9a9e;
  }

  .control.busy .icon {
    animation: wait 1s ease-in-out infinite alternate;
  }

  @keyframes wait {
    to {
      opacity: 0.35;
    }
  }

  .control[aria-pressed='true'],
  .control[aria-expanded='true'] {
    background: var(--_accent);
    color: var(--_on-accent);
  }

  .group .control {
    border-end-end-radius: 0;
    border-start-end-radius: 0;
  }

  .group parley-device-menu {
    align-items: center;
    border-radius: 0 14px 14px 0;
    border-inline-start: 1px solid #40454f;
    font-size: 0.875em;
  }

  :host(:dir(rtl)) .group parley-device-menu {
    border-radius: 14px 0 0 14px;
  }

  .control.leave {
    background: var(--_danger-solid, #c62232);
    color: #fff;
  }

  .control.leave:hover {
    background: #a81b29;
  }

  .control.leave .icon {
    transform: rotate(135deg);
  }

  .badge {
    position: absolute;
    inset-block-start: -4px;
    inset-inline-end: -10px;
    min-inline-size: 1.65em;
    padding: 0 5px;
    border-radius: 999px;
    background: #e5484d;
    color: #fff;
    font-size: 0.92em;
    line-height: 1.65;
    text-align: center;
  }

  .with-badge {
    position: relative;
    display: grid;
  }

  parley-menu.more {
    border-radius: 14px;
    background: #2b2f37;
  }

  parley-menu.more::part(button) {
    inline-size: auto;
    block-size: auto;
  }

  /* The page's own styles come before these. */
  ::slotted(:is(button, a)) {
    min-inline-size: 64px;
    min-block-size: 56px;
    padding: 6px 10px;
    border: 0;
    border-radius: 14px;
    background: #2b2f37;
    color: inherit;
    font: inherit;
    font-size: 0.75em;
    font-weight: 500;
  }

  /* What has no room is in the menu. "More" itself, and what the page must always offer, wraps if need be. */
  [data-away],
  ::slotted([data-away]) {
    display: none !important;
  }

  /* Where there is no room for words, their buttons say them to screen readers and in tooltips. */
  .bar[data-compact] {
    gap: 6px;
  }

  .bar[data-compact] .words {
    display: none;
  }

  .bar[data-compact] .control,
  .bar[data-compact] parley-menu.more::part(button) {
    min-inline-size: 48px;
    min-block-size: 48px;
    padding: 6px;
  }

  .group:has(parley-device-menu[data-away]) .control {
    border-radius: 14px;
  }

  @media (forced-colors: active) {
    .control,
    .group {
      border: 1px solid ButtonText;
    }

    .control[aria-pressed='true'] {
      border: 3px solid Highlight;
    }
  }
`;
