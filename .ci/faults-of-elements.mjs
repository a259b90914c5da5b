/** What the custom elements manifest of `folder` does not say about the elements that the package exports, as sentences. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export function faultsOfElements({ manifest, folder }) {
  if (manifest.customElements === undefined) return [];
  const { modules } = JSON.parse(readFileSync(join(folder, manifest.customElements), 'utf8'));
  const described = new Map(
    modules.flatMap(({ path, declarations }) => declarations.map((element) => [`./${path}`, element])),
  );
  const exported = Object.values(manifest.exports)
    .map((target) => target.default)
    .filter((path) => path.startsWith('./dist/parts/'));
  return exported.flatMap((path) => {
    const element = described.get(path);
    return element?.tagName
      ? faultsOf(element)
      : [`The custom elements manifest has no element for ${path}.`];
  });
}

function faultsOf({ tagName, description, members, attributes, events, slots = [], cssParts = [] }) {
  const wordless = [{ name: 'itself', description }, ...members, ...events, ...slots, ...cssParts].filter(
    (part) => !part.description,
  );
  return [
    ...wordless.map(({ name }) => `The docstring of ${tagName} does not describe ${name}.`),
    ...events
      .filter(({ type }) => !type?.text)
      .map(({ name }) => `${name} of ${tagName} is not in ParleyEventMap.`),
    ...attributes
      .filter(({ name }) => name !== name.toLowerCase())
      .map(({ name }) => `The attribute ${name} of ${tagName} is not written in lower case.`),
  ];
}
