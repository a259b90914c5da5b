import { css, type CSSResult } from 'lit';

export const callViewStyles: CSSResult = css`
  :host {
    display: block;
    container: view / size;
    background: var(--_stage);
    color: var(--_on-stage);
    outline: none;
  }

  .view {
    position: absolute;
    inset: 0;
    display: flex;
  }

  .main {
    position: relative;
    flex: 1;
    min-inline-size: 0;
  }

  parley-stage {
    position: absolute;
    inset: 0;
    --parley-stage-inset-bottom: var(--_controls, 80px);
  }

  .view[data-mode='many'] parley-stage {
    inset: 8px 8px 0;
  }

  .elsewhere {
    position: absolute;
    inset: 0;
    display: grid;
    place-content: center;
    justify-items: center;
    gap: 12px;
    padding: 16px;
    color-scheme: dark;
    text-align: center;
  }

  .elsewhere p {
    margin: 0;
    font-size: 1.15em;
  }

  .elsewhere .button {
    color: #f2f3f5;
    background: #2b2f37;
  }

  parley-controls {
    position: absolute;
    inset-block-end: 0;
    inset-inline: 0;
    z-index: 4;
    padding-block-end: env(safe-area-inset-bottom, 0);
    transition:
      opacity 0.25s,
      translate 0.25s;
  }

  .view[data-mode='one-to-one'] parley-controls {
    background: linear-gradient(transparent, rgb(0 0 0 / 55%));
  }

  .view[data-quiet] parley-controls {
    opacity: 0;
    translate: 0 12px;
  }

  .view[data-quiet] {
    cursor: none;
  }

  parley-notices {
    position: absolute;
    inset: 0 0 var(--_controls, 80px);
    z-index: 5;
    pointer-events: none;
  }

  .panel {
    position: relative;
    display: flex;
    flex: none;
    inline-size: min(380px, 42cqi);
    border-inline-start: 1px solid #30343c;
    background: var(--_surface);
    color: var(--_text);
  }

  .panel > * {
    flex: 1;
    min-inline-size: 0;
  }

  /* Beside a panel there would be nothing left of the stage. */
  @container view (width < 700px) {
    .panel {
      position: absolute;
      inset: 0;
      z-index: 8;
      inline-size: auto;
      border: 0;
    }
  }

  dialog {
    max-inline-size: min(26rem, calc(100vw - 32px));
    padding: 22px;
    border: 1px solid var(--_border);
    border-radius: 16px;
    background: var(--_surface);
    color: var(--_text);
  }

  dialog::backdrop {
    background: rgb(0 0 0 / 55%);
  }

  dialog h2 {
    margin: 0 0 16px;
    font-size: 1.15em;
    overflow-wrap: anywhere;
  }

  dialog .actions {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 10px;
  }
`;
