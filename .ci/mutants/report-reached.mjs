// Set-up of each test file: collects the mutants whose code it runs (see `probe.mjs`).
import { appendFileSync } from 'node:fs';
import { afterAll, expect } from 'vitest';

const reached = new Set();
globalThis.parleyReached = reached;

afterAll(() => {
  if (reached.size === 0) return;
  const line = JSON.stringify({ test: expect.getState().testPath, reached: [...reached] });
  appendFileSync(process.env.PARLEY_REACHED_FILE, `${line}\n`);
});
