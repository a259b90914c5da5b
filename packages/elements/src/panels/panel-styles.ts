import { css, type CSSResult } from 'lit';

/** What all panels share: a column with a header that stays and a body that scrolls. */
export const panelStyles: CSSResult = css`
  :host {
    position: relative;
    display: flex;
    flex-direction: column;
    min-inline-size: 0;
    min-block-size: 0;
    block-size: 100%;
    overflow: hidden;
    background: var(--_surface);
    color-scheme: inherit;
    container-type: inline-size;
    font-size: 0.9375rem;
  }

  header {
    display: flex;
    align-items: center;
    gap: 8px;
    flex: none;
    padding-block: 8px;
    padding-inline: 16px 8px;
    border-block-end: 1px solid var(--_border);
  }

  h2 {
    margin: 0;
    font-size: 1.125rem;
    font-weight: 650;
    line-height: 1.3;
  }

  /* Focused for screen readers only: it cannot be operated. */
  h2:focus-visible {
    outline: none;
  }

  .detail {
    color: var(--_text-muted);
    font-size: 0.875em;
    font-variant-numeric: tabular-nums;
  }

  .close {
    margin-inline-start: auto;
  }

  .body {
    flex: 1;
    min-block-size: 0;
    overflow: auto;
    overscroll-behavior: contain;
    padding: 16px;
  }

  h3 {
    margin: 0;
    color: var(--_text-muted);
    font-size: 0.8125rem;
    font-weight: 650;
  }

  .muted {
    color: var(--_text-muted);
  }

  .avatar {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    inline-size: 2.25rem;
    block-size: 2.25rem;
    flex: none;
    overflow: hidden;
    border-radius: 50%;
    color: #fff;
    font-size: 0.8125rem;
    font-weight: 650;
    line-height: 1;
    user-select: none;
    forced-color-adjust: none;
  }

  button,
  a,
  input,
  select,
  textarea {
    touch-action: manipulation;
  }

  /* Twice the size, so that a thumb hits it, without moving anything. */
  @media (pointer: coarse) {
    .button,
    .icon-button {
      min-block-size: 44px;
      min-inline-size: 44px;
    }
  }

  @media (forced-colors: active) {
    header {
      border-color: CanvasText;
    }

    .button,
    .icon-button {
      border: 1px solid ButtonText;
    }
  }
`;
