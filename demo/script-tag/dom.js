// DOM helpers for a page without a framework.
import { icons } from '../shared/icons.ts';

/** The element with this test id, inside `root`. */
export function find(testId, root = document) {
  return root.querySelector(`[data-testid="${testId}"]`);
}

/** The content of a template with its icons. A button's text becomes its accessible name. */
export function show(templateId) {
  const content = document.getElementById(templateId).content.cloneNode(true);
  for (const element of content.querySelectorAll('[data-icon]')) {
    const label = element.textContent.trim();
    if (label) {
      element.setAttribute('aria-label', label);
      element.title = label;
    }
    element.replaceChildren(icon(icons[element.dataset.icon]));
  }
  return content;
}

function icon({ path, isSwitch }) {
  const svg = svgElement('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' });
  svg.append(svgElement('path', { d: path }));
  if (isSwitch) svg.append(svgElement('path', { class: 'slash', d: 'M4 4l16 16' }));
  return svg;
}

function svgElement(name, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** An element that contains only text. */
export function textElement(name, text, className = '') {
  return Object.assign(document.createElement(name), { textContent: text, className });
}

export function setAttribute(element, name, value) {
  element.setAttribute(name, String(value));
}

/** Adds a menu for each kind of device to `root` and keeps it up to date until the returned function is called. */
export function showDeviceMenus(menus, root) {
  for (const { kind, label } of menus.getSnapshot().menus) {
    const field = show('device-field').firstElementChild;
    const select = field.querySelector('select');
    select.id = `${kind}-menu`;
    select.dataset.testid = `${kind}-menu`;
    select.addEventListener('change', () => void menus.choose(kind, select.value));
    Object.assign(field.querySelector('label'), { textContent: label, htmlFor: select.id });
    field.querySelector('.error').dataset.testid = `${kind}-problem`;
    root.append(field);
  }
  const render = () => {
    for (const [index, { options, value, note }] of menus.getSnapshot().menus.entries()) {
      const field = root.children[index];
      const select = field.querySelector('select');
      select.replaceChildren(...options.map((option) => new Option(option.text, option.value)));
      select.value = value;
      field.querySelector('.note').textContent = note;
    }
  };
  render();
  return menus.subscribe(render);
}
