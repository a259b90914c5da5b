// @vitest-environment node
import { renderToString } from '@vue/server-renderer';
import { expect, it } from 'vitest';
import { createSSRApp, h } from 'vue';
import * as components from './elements.ts';

it('components for elements render their tags on a server, where there is no DOM', async () => {
  expect(globalThis).not.toHaveProperty('document');
  const tags = await Promise.all(
    Object.values(components).map((component) => renderToString(createSSRApp(() => h(component as never)))),
  );
  expect(tags).toContain('<parley-call></parley-call>');
  expect(tags).toContain('<parley-stage></parley-stage>');
  expect(tags).toHaveLength(16);
  expect(tags).toEqual(tags.map((tag) => tag.replace(/^<(parley-[a-z-]+)>.*$/, '<$1></$1>')));
});

it('functions and objects do not become attributes', async () => {
  const { ParleyCall } = components;
  const app = createSSRApp(() =>
    h(
      ParleyCall,
      { ticket: () => 'secret', joinOptions: {}, onJoined: () => undefined, class: 'wide' },
      { default: () => [h('h1', { slot: 'lobby-title' }, 'Welcome')] },
    ),
  );
  expect(await renderToString(app)).toBe(
    '<parley-call class="wide"><h1 slot="lobby-title">Welcome</h1></parley-call>',
  );
});
