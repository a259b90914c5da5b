import { css, type CSSResult } from 'lit';

/**
 * The tokens that all elements share. Pages set the `--parley-…` properties; the elements read the `--_…` ones, which have
 * defaults for light and dark.
 */
export const tokens: CSSResult = css`
  :host {
    --_accent: var(--parley-accent, #2f6fed);
    --_on-accent: var(--parley-on-accent, #fff);
    --_surface: var(--parley-surface, light-dark(#fff, #1d1f24));
    --_surface-raised: var(--parley-surface-raised, light-dark(#f3f4f6, #2a2d34));
    --_text: var(--parley-text, light-dark(#16181d, #f2f3f5));
    --_text-muted: var(--parley-text-muted, light-dark(#565c67, #a9afba));
    --_border: var(--parley-border, light-dark(#d5d9e0, #40444d));
    --_danger: var(--parley-danger, light-dark(#c62232, #d13438));
    --_on-danger: var(--parley-on-danger, #fff);
    --_warning: var(--parley-warning, light-dark(#8a5a00, #f5b83d));
    --_stage: var(--parley-stage, #0f1115);
    --_tile: var(--parley-tile, #23262d);
    --_on-stage: var(--parley-on-stage, #f5f6f8);
    --_speaking: var(--parley-speaking, #4ea1ff);
    --_radius: var(--parley-radius, 12px);
    --_font: var(--parley-font, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif);
    box-sizing: border-box;
    color: var(--_text);
    font-family: var(--_font);
    line-height: 1.4;
  }

  :host([hidden]),
  [hidden] {
    display: none !important;
  }

  *,
  *::before,
  *::after {
    box-sizing: inherit;
  }

  .icon {
    inline-size: 1.25em;
    block-size: 1.25em;
    flex: none;
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    stroke-linecap: round;
    stroke-linejoin: round;
  }

  .visually-hidden {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  :focus-visible {
    outline: 3px solid var(--_accent);
    outline-offset: 2px;
  }

  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation: none !important;
      transition: none !important;
    }
  }
`;

/** Buttons of dialogs, panels and forms. */
export const buttons: CSSResult = css`
  button {
    font: inherit;
    color: inherit;
    cursor: pointer;
  }

  button:disabled {
    cursor: default;
    opacity: 0.55;
  }

  .button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.5em;
    min-block-size: 2.75em;
    padding: 0.5em 1.1em;
    border: 1px solid var(--_border);
    border-radius: 999px;
    background: var(--_surface-raised);
    font-weight: 600;
  }

  .button:hover:not(:disabled) {
    background: color-mix(in srgb, var(--_surface-raised), var(--_text) 8%);
  }

  .button.primary {
    border-color: transparent;
    background: var(--_accent);
    color: var(--_on-accent);
  }

  .button.primary:hover:not(:disabled) {
    background: color-mix(in srgb, var(--_accent), #000 12%);
  }

  .button.danger {
    border-color: transparent;
    background: var(--_danger);
    color: var(--_on-danger);
  }

  .button.plain {
    border-color: transparent;
    background: transparent;
  }

  .icon-button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    inline-size: var(--_icon-button, 2.75em);
    block-size: var(--_icon-button, 2.75em);
    padding: 0;
    border: 0;
    border-radius: 999px;
    background: transparent;
  }

  .icon-button:hover:not(:disabled) {
    background: color-mix(in srgb, transparent, currentColor 12%);
  }
`;

/** Fields of forms. */
export const fields: CSSResult = css`
  label {
    display: block;
    margin-block-end: 6px;
    font-weight: 600;
  }

  input,
  select,
  textarea {
    inline-size: 100%;
    min-block-size: 2.75em;
    padding: 0.5em 0.8em;
    border: 1px solid light-dark(#7c8492, #7b828e);
    border-radius: 10px;
    background: var(--_surface);
    color: var(--_text);
    font: inherit;
  }

  input[type='checkbox'],
  input[type='range'] {
    inline-size: auto;
    min-block-size: 0;
    padding: 0;
    accent-color: var(--_accent);
  }

  .hint {
    margin: 0.3em 0 0;
    color: var(--_text-muted);
    font-size: 0.875em;
  }

  .problem {
    margin: 0.3em 0 0;
    color: light-dark(#b21e2c, #ff8a8f);
    font-size: 0.9em;
  }
`;
