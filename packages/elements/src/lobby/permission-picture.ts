import { html, svg, type TemplateResult } from 'lit';

/** A drawing of the place in a browser's address bar where permissions are changed. */
export function permissionPicture(title: string): TemplateResult {
  const shapes = svg`
    <rect x="1" y="1" width="198" height="88" rx="10" fill="none" stroke="currentColor" opacity="0.4"/>
    <rect x="12" y="12" width="176" height="26" rx="13" fill="currentColor" opacity="0.12"/>
    <circle cx="28" cy="25" r="9" fill="var(--_accent)"/>
    <path d="M24 23h5M32 23h1M24 27h1M28 27h5" stroke="#fff" stroke-width="1.6" stroke-linecap="round"/>
    <rect x="44" y="21" width="90" height="8" rx="4" fill="currentColor" opacity="0.35"/>
    <path d="M28 40v14" stroke="var(--_accent)" stroke-width="3" stroke-linecap="round"/>
    <path d="m22 48 6-8 6 8" fill="none" stroke="var(--_accent)" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/>
    <rect x="44" y="50" width="60" height="8" rx="4" fill="currentColor" opacity="0.35"/>
    <rect x="44" y="66" width="60" height="8" rx="4" fill="currentColor" opacity="0.35"/>
    <rect x="150" y="48" width="26" height="12" rx="6" fill="var(--_accent)"/>
    <circle cx="170" cy="54" r="4.5" fill="#fff"/>
    <rect x="150" y="64" width="26" height="12" rx="6" fill="var(--_accent)"/>
    <circle cx="170" cy="70" r="4.5" fill="#fff"/>`;
  return html`<svg viewBox="0 0 200 90" role="img" aria-label=${title}>${shapes}</svg>`;
}
