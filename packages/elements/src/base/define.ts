/** Defines an element, unless the page has it already, or there is no page. */
export function define(name: `parley-${string}`, element: CustomElementConstructor): void {
  if (typeof customElements === 'undefined' || customElements.get(name)) return;
  customElements.define(name, element);
}
