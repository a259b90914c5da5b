import { expect, it } from 'vitest';
import { FakeClock } from '../testing/fake-clock.ts';
import { Readiness } from './readiness.ts';

const full = Object.assign(new Error('no space left'), { code: 'ENOSPC' });

function setUp() {
  const clock = new FakeClock();
  const logged: string[] = [];
  const machine: { disk?: Error | undefined; descriptors?: Error | undefined; checks: number } = {
    checks: 0,
  };
  const readiness = new Readiness({
    clock,
    checkStorage: () => {
      machine.checks += 1;
      return machine.disk ? Promise.reject(machine.disk) : Promise.resolve();
    },
    checkDescriptors: () => {
      if (machine.descriptors) throw machine.descriptors;
    },
    onTrouble: ({ code }) => logged.push(code),
  });
  return { clock, logged, machine, readiness };
}

it('is ready while storage and descriptors work', async () => {
  const { readiness } = setUp();
  expect(await readiness.check()).toBeUndefined();
});

it('names the trouble while it lasts, and is ready again afterwards', async () => {
  const { clock, machine, readiness } = setUp();
  machine.disk = full;
  expect(await readiness.check()).toMatchObject({ code: 'disk_full' });
  machine.disk = undefined;
  machine.descriptors = Object.assign(new Error('too many'), { code: 'EMFILE' });
  clock.advance(2_000);
  expect(await readiness.check()).toMatchObject({ code: 'no_descriptors' });
  machine.descriptors = undefined;
  clock.advance(2_000);
  expect(await readiness.check()).toBeUndefined();
});

it('touches the disk at most every two seconds, also when the clock is set back', async () => {
  const { clock, machine, readiness } = setUp();
  for (let count = 0; count < 5; count += 1) await readiness.check();
  expect(machine.checks).toBe(1);
  clock.set(-3_600_000);
  clock.advance(1_999);
  await readiness.check();
  expect(machine.checks).toBe(1);
  clock.advance(1);
  await readiness.check();
  expect(machine.checks).toBe(2);
});

it('logs each trouble once a minute, and no other errors', () => {
  const { clock, logged, readiness } = setUp();
  for (let count = 0; count < 5; count += 1)
    expect(readiness.report(full)).toMatchObject({ code: 'disk_full' });
  expect(readiness.report(new Error('a bug'))).toBeUndefined();
  expect(logged).toEqual(['disk_full']);
  clock.advance(60_000);
  readiness.report(full);
  expect(logged).toEqual(['disk_full', 'disk_full']);
});

it('logs the same trouble not before a minute has passed, and another one immediately', () => {
  const { clock, logged, readiness } = setUp();
  readiness.report(full);
  clock.advance(59_999);
  readiness.report(full);
  expect(logged).toEqual(['disk_full']);
  readiness.report(Object.assign(new Error('too many'), { code: 'EMFILE' }));
  expect(logged).toEqual(['disk_full', 'no_descriptors']);
});

it('keeps its answer, trouble or not, until the next check', async () => {
  const { clock, machine, readiness } = setUp();
  machine.disk = full;
  await readiness.check();
  machine.disk = undefined;
  expect(await readiness.check()).toMatchObject({ code: 'disk_full' });
  clock.advance(2_000);
  expect(await readiness.check()).toBeUndefined();
});

it('opens a real file to find out whether descriptors are left', async () => {
  const readiness = new Readiness({
    clock: new FakeClock(),
    checkStorage: () => Promise.resolve(),
    onTrouble: (trouble, error) => expect.unreachable(`${trouble.code}: ${String(error)}`),
  });
  expect(await readiness.check()).toBeUndefined();
});
