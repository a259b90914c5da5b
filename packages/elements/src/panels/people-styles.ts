import { css, type CSSResult } from 'lit';

export const peopleStyles: CSSResult = css`
  .body {
    padding: 8px;
  }

  .locked {
    display: flex;
    align-items: center;
    gap: 8px;
    margin: 0;
    padding: 8px;
    color: var(--_text-muted);
    font-size: 0.875rem;
  }

  .search {
    position: relative;
    margin: 0 0 8px;
    padding: 4px;
  }

  .search .icon {
    position: absolute;
    inset-block-start: calc(50% - 0.625em);
    inset-inline-start: 16px;
    color: var(--_text-muted);
    pointer-events: none;
  }

  .search input {
    padding-inline-start: 42px;
    border-radius: 999px;
    font-size: max(1em, 16px);
  }

  section {
    margin-block-end: 12px;
  }

  .section-head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 8px;
    min-block-size: 40px;
    padding-inline: 8px 0;
  }

  .waiting {
    padding: 4px;
    border: 1px solid var(--_border);
    border-radius: 14px;
    background: var(--_surface-raised);
  }

  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }

  li {
    border-radius: 10px;
  }

  .row {
    display: flex;
    align-items: center;
    gap: 10px;
    min-block-size: 52px;
    padding-inline-start: 8px;
  }

  .who {
    flex: 1;
    min-inline-size: 0;
  }

  .name-line {
    display: flex;
    align-items: center;
    gap: 5px;
  }

  .name,
  .role {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .role {
    display: block;
    color: var(--_text-muted);
    font-size: 0.8125rem;
  }

  .badge {
    display: inline-flex;
    flex: none;
    color: light-dark(
      color-mix(in srgb, var(--_accent), #000 10%),
      color-mix(in srgb, var(--_accent), #fff 40%)
    );
  }

  .badge .icon {
    inline-size: 1em;
    block-size: 1em;
  }

  .states {
    display: flex;
    flex: none;
    gap: 10px;
    color: var(--_text-muted);
  }

  .states:last-child {
    padding-inline-end: 12px;
  }

  .state {
    display: inline-flex;
    position: relative;
  }

  .state.hand {
    color: var(--_warning);
  }

  .state.speaking {
    color: light-dark(color-mix(in srgb, var(--_accent), #000 10%), var(--_speaking));
  }

  .state.off {
    color: light-dark(#b21e2c, #ff8a8f);
  }

  .decide {
    display: flex;
    flex: none;
    gap: 4px;
    padding-inline-end: 4px;
  }

  .decide .button {
    padding-inline: 0.9em;
  }

  .confirm {
    margin: 0 4px 8px;
    padding: 12px;
    border: 1px solid var(--_danger);
    border-radius: 12px;
  }

  .confirm p {
    margin: 0 0 12px;
    overflow-wrap: anywhere;
  }

  .confirm div {
    display: flex;
    flex-wrap: wrap;
    justify-content: flex-end;
    gap: 8px;
  }

  .nobody {
    padding: 24px;
    color: var(--_text-muted);
    text-align: center;
  }

  footer {
    flex: none;
    max-block-size: 50%;
    overflow: auto;
    padding: 8px;
    padding-block-end: max(8px, env(safe-area-inset-bottom));
    border-block-start: 1px solid var(--_border);
  }

  .text-button {
    flex: none;
    gap: 0.4em;
    min-block-size: 40px;
    padding-block: 0;
    padding-inline: 0.8em;
    font-size: 0.875rem;
    white-space: nowrap;
  }

  .waiting .name {
    display: -webkit-box;
    overflow-wrap: anywhere;
    white-space: normal;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
  }
`;
