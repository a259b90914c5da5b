import { expect, it } from 'vitest';
import { EngineError } from '../../health/trouble.ts';
import { Replicas } from './replicas.ts';

/** A connection whose replicas confirm when the test says so. */
class FakeConnection {
  primary = 'p-1';
  readonly sent: string[] = [];
  #confirm: (reached: number) => void = () => {};

  send(...command: readonly string[]): Promise<unknown> {
    this.sent.push(command[0] ?? '');
    if (command[0] !== 'WAIT') return Promise.resolve(0);
    return new Promise((resolve) => {
      this.#confirm = resolve;
    });
  }

  async confirm(reached: number): Promise<void> {
    this.#confirm(reached);
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function replicasOn(connection: FakeConnection): Replicas {
  return new Replicas({ count: 1, connection, channel: 'c', onMissing: () => {} });
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

it('shares a request between callers, except for those that come while it is under way', async () => {
  const connection = new FakeConnection();
  const replicas = replicasOn(connection);
  const first = [replicas.reached('p-1'), replicas.reached('p-1')];
  await turn();
  const later = [replicas.reached('p-1'), replicas.reached('p-1'), replicas.settled('p-1')];
  expect(connection.sent).toEqual(['PUBLISH', 'WAIT']);
  await connection.confirm(1);
  await Promise.all(first);
  expect(connection.sent).toEqual(['PUBLISH', 'WAIT', 'PUBLISH', 'WAIT']);
  await connection.confirm(1);
  await Promise.all(later);
  await replicas.settled('p-1');
  expect(connection.sent).toHaveLength(4);
});

it('rejects while replicas are missing, also for readers, and no longer than that', async () => {
  const connection = new FakeConnection();
  const replicas = replicasOn(connection);
  for (const reached of [0, 1]) {
    const settling = replicas.settled('p-1').catch((error: unknown) => error);
    await turn();
    await connection.confirm(reached);
    if (reached > 0) expect(await settling).toBeUndefined();
    else expect(await settling).toMatchObject({ trouble: { code: 'engine_not_replicated' } });
  }
});

it('does not take the replicas of a new primary for those of the one that has the write', async () => {
  const connection = new FakeConnection();
  const replicas = replicasOn(connection);
  connection.primary = 'p-2';
  const reached = replicas.reached('p-1').catch((error: unknown) => error);
  await turn();
  await connection.confirm(1);
  expect(await reached).toBeInstanceOf(EngineError);
});
