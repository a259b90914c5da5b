// @vitest-environment node
import { renderToString } from 'react-dom/server';
import { expect, it } from 'vitest';
import * as components from './elements.ts';

it('components for elements render their tags on a server, where there is no DOM', () => {
  expect(globalThis).not.toHaveProperty('document');
  const tags = Object.values(components).map((Component) => renderToString(<Component />));
  expect(tags).toContain('<parley-call></parley-call>');
  expect(tags).toContain('<parley-stage></parley-stage>');
  expect(tags).toHaveLength(16);
  expect(tags).toEqual(tags.map((tag) => tag.replace(/^<(parley-[a-z-]+)>.*$/, '<$1></$1>')));
});

it('functions and objects do not become attributes', () => {
  const { ParleyCall } = components;
  const html = renderToString(
    <ParleyCall ticket={() => 'secret'} joinOptions={{}} onJoined={() => undefined} className="wide">
      <h1 slot="lobby-title">Welcome</h1>
    </ParleyCall>,
  );
  expect(html).toBe('<parley-call class="wide"><h1 slot="lobby-title">Welcome</h1></parley-call>');
});
