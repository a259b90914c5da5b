import { expect, it } from 'vitest';
import { DiskSync } from './disk-sync.ts';

/** A disk that completes a sync on demand; `asked` counts the requests. */
function aDisk() {
  const answers: { resolve: () => void; reject: (reason: Error) => void }[] = [];
  const disk = new DiskSync(
    () =>
      new Promise<void>((resolve, reject) => {
        answers.push({ resolve, reject });
      }),
  );
  const write = (): Promise<void> => {
    disk.note();
    return disk.synced();
  };
  return { disk, answers, write };
}

it('does not sync when nothing was written', async () => {
  const { disk, answers } = aDisk();
  await disk.synced();
  expect(answers).toHaveLength(0);
});

it('shares the next sync among all writes during a sync', async () => {
  const { answers, write } = aDisk();
  const first = write();
  await expect.poll(() => answers.length).toBe(1);
  const done: number[] = [];
  const others = [1, 2, 3].map(async (name) => {
    await write();
    done.push(name);
  });
  answers[0]?.resolve();
  await first;
  await expect.poll(() => answers.length).toBe(2);
  expect(done).toEqual([]);
  answers[1]?.resolve();
  await Promise.all(others);
  expect(answers).toHaveLength(2);
});

it('makes readers wait while a write is on its way', async () => {
  const { disk, answers, write } = aDisk();
  const written = write();
  await expect.poll(() => answers.length).toBe(1);
  const order: string[] = [];
  const reading = (async () => {
    await disk.synced();
    order.push('read');
  })();
  await Promise.resolve();
  order.push('on the disk');
  answers[0]?.resolve();
  await Promise.all([written, reading]);
  expect(order).toEqual(['on the disk', 'read']);
});

it('never trusts a disk again after it failed', async () => {
  const { disk, answers, write } = aDisk();
  const first = write();
  await expect.poll(() => answers.length).toBe(1);
  const second = write();
  answers[0]?.reject(new Error('I/O error'));
  await expect(first).rejects.toThrow('I/O error');
  await expect(second).rejects.toThrow('I/O error');
  await expect(write()).rejects.toThrow('I/O error');
  await expect(disk.synced()).rejects.toThrow('I/O error');
  expect(answers).toHaveLength(1);
});
