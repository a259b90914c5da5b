import { expect, it } from 'vitest';
import { behaviours } from '../testing/conference-behaviour.ts';
import { fakeStage } from '../testing/fake-stage.ts';

for (const [title, run] of Object.entries(behaviours)) {
  it(`${title}, like a real conference`, async () => {
    const stage = await fakeStage();
    try {
      expect(await run(stage)).toBeUndefined();
    } finally {
      await stage.close();
    }
  }, 30_000);
}
