import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const guide = readFileSync(new URL('../../../../docs/testing.md', import.meta.url), 'utf8');

it.each(['react.test.tsx', 'vue.test.ts', 'elements.test.ts', 'code-that-joins.test.ts', 'faults.test.ts'])(
  'shows %s in the guide as it is',
  (name) => {
    const example = readFileSync(new URL(name, import.meta.url), 'utf8');
    expect(guide).toContain(`\`\`\`${name.endsWith('x') ? 'tsx' : 'ts'}\n${example}\`\`\``);
  },
);
