// Describes every element for editors and documentation in `dist/custom-elements.json`
// (https://custom-elements-manifest.open-wc.org): what pages can use, and nothing else. The build writes it.
import { readFileSync } from 'node:fs';

/** What the styles that all elements share take from the page. */
const tokens = [
  ...readFileSync('src/base/styles.ts', 'utf8').matchAll(/var\((--parley-[a-z-]+), (.+)\);/g),
].map(([, name, value]) => ({ name, default: value }));

/** Whether a property of an object literal in `static properties` is a state of the element, for itself alone. */
const isState = (property) => /\bstate: true\b/.test(property.initializer?.getText() ?? '');

/** The properties of a class that are its own states, by the name of the class. */
const statesOf = new Map();
/** The types of events, by their names. */
const eventTypes = new Map();
const withTokens = new Set();

/** Members that every HTML element has. */
const native = new Set(['lang', 'tabIndex', 'focus']);

function readStatics(ts, { name, members }) {
  const statics = members.filter(ts.isPropertyDeclaration);
  const initializerOf = (field) => statics.find((member) => member.name.getText() === field)?.initializer;
  const properties = initializerOf('properties')?.properties ?? [];
  statesOf.set(name.text, new Set(properties.filter(isState).map((property) => property.name.getText())));
  if (/\btokens\b/.test(initializerOf('styles')?.getText() ?? '')) withTokens.add(name.text);
}

/** `define('parley-…', Class)` gives a class its tag. */
function readDefinition([tag, { text: className }], moduleDoc) {
  const declaration = moduleDoc.declarations.find(({ name }) => name === className);
  if (declaration) Object.assign(declaration, { tagName: tag.text, customElement: true });
}

const parleyElements = {
  name: 'parley:elements',
  collectPhase({ ts, node }) {
    if (ts.isInterfaceDeclaration(node) && node.name.text === 'ParleyEventMap') {
      for (const member of node.members) eventTypes.set(member.name.text, member.type.getText());
    }
    if (ts.isClassDeclaration(node) && node.name) readStatics(ts, node);
  },
  analyzePhase({ ts, node, moduleDoc }) {
    if (ts.isCallExpression(node) && node.expression.getText() === 'define')
      readDefinition(node.arguments, moduleDoc);
  },
  packageLinkPhase({ customElementsManifest }) {
    const elements = customElementsManifest.modules.flatMap(({ path, declarations }) =>
      declarations.filter(({ tagName }) => tagName).map((declaration) => ({ path, declaration })),
    );
    customElementsManifest.modules = elements.map(({ path, declaration }) => {
      const builtPath = path.replace(/^src\/(.*)\.ts$/, 'dist/$1.js');
      const reference = { name: declaration.name, module: builtPath };
      return {
        kind: 'javascript-module',
        path: builtPath,
        declarations: [forPages(declaration)],
        exports: [
          { kind: 'js', name: declaration.name, declaration: reference },
          { kind: 'custom-element-definition', name: declaration.tagName, declaration: reference },
        ],
      };
    });
  },
};

/** What a page can use of an element. */
function forPages({ members = [], attributes = [], events = [], cssProperties = [], ...rest }) {
  const states = statesOf.get(rest.name);
  const isForPages = ({ name, privacy = 'public', static: isStatic }) =>
    privacy === 'public' && !isStatic && !name.startsWith('#') && !states.has(name) && !native.has(name);
  const shown = members.filter(isForPages).map(withoutOrigin);
  const described = new Set(cssProperties.map(({ name }) => name));
  const common = withTokens.has(rest.name) ? tokens.filter(({ name }) => !described.has(name)) : [];
  return {
    ...rest,
    superclass: { name: 'LitElement', package: 'lit' },
    members: shown,
    attributes: attributes
      .map(withoutOrigin)
      .filter(({ name, fieldName = name }) => shown.some((member) => member.name === fieldName)),
    events: events
      .map(withoutOrigin)
      .filter(({ name }) => name.startsWith('parley-'))
      .map((event) => ({ ...event, type: { text: eventTypes.get(event.name) } })),
    cssProperties: [...cssProperties, ...common],
  };
}

function withoutOrigin({ inheritedFrom: _, ...rest }) {
  return rest;
}

export default {
  globs: ['src/parts/*.ts', 'src/base/*.ts', 'src/panels/panel-element.ts'],
  outdir: 'dist',
  litelement: true,
  packagejson: false,
  plugins: [parleyElements],
};
