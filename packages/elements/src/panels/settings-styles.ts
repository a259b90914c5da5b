import { css, type CSSResult } from 'lit';

export const settingsStyles: CSSResult = css`
  .body {
    display: flex;
    flex-direction: column;
    gap: 24px;
  }

  section {
    display: flex;
    flex-direction: column;
    gap: 14px;
  }

  .preferences {
    gap: 2px;
  }

  .preferences h3 {
    margin-block-end: 6px;
  }

  .switch-row {
    inline-size: calc(100% + 16px);
    margin-inline: -8px;
  }

  .test {
    align-self: start;
    min-block-size: 44px;
  }

  .level {
    display: flex;
    align-items: center;
    gap: 10px;
    margin-block-start: -6px;
    color: var(--_text-muted);
  }

  .level .bar {
    flex: 1;
    block-size: 8px;
    overflow: hidden;
    border-radius: 4px;
    background: color-mix(in srgb, var(--_text), transparent 85%);
  }

  .level .fill {
    block-size: 100%;
    border-radius: inherit;
    background: light-dark(#1c8a4a, #37c978);
    transform-origin: 0 50%;
    transition: scale 0.1s linear;
  }

  .level .fill:dir(rtl) {
    transform-origin: 100% 50%;
  }

  dl {
    display: grid;
    grid-template-columns: 1fr auto;
    align-items: center;
    gap: 8px 16px;
    margin: 0;
  }

  dt {
    min-inline-size: 0;
    overflow-wrap: anywhere;
  }

  dd {
    margin: 0;
    text-align: end;
  }

  kbd {
    display: inline-block;
    min-inline-size: 2em;
    padding: 3px 8px;
    border: 1px solid var(--_border);
    border-block-end-width: 2px;
    border-radius: 6px;
    background: var(--_surface-raised);
    font: inherit;
    font-size: 0.8125rem;
    text-align: center;
  }

  @media (forced-colors: active) {
    .level .fill {
      background: Highlight;
      forced-color-adjust: none;
    }

    .level .bar {
      border: 1px solid CanvasText;
    }
  }
`;
