import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Asks a Vitest process in the sandbox, one question at a time. */
export class VitestSession {
  #root;
  #process;

  constructor(root) {
    this.#root = root;
    process.once('exit', () => this.close());
  }

  /** Returns the answer; undefined when there is none within the limit. */
  async ask(question, content, limitMs) {
    this.#process ??= await start(this.#root);
    const timeout = AbortSignal.timeout(Math.ceil(limitMs));
    const answer = once(this.#process, 'message', { signal: timeout });
    this.#process.send({ question, content });
    try {
      return (await answer)[0];
    } catch (error) {
      if (!timeout.aborted) throw error;
      this.close();
      return undefined;
    }
  }

  close() {
    // Its workers are in the same process group; one of them may be in an endless loop.
    if (this.#process) process.kill(-this.#process.pid, 'SIGKILL');
    this.#process = undefined;
  }
}

async function start(root) {
  const started = spawn(process.execPath, [join(root, '.ci/mutants/vitest-process.mjs')], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    detached: true,
    env: { ...process.env, PARLEY_REACHED_FILE: join(root, 'reached.jsonl') },
  });
  await once(started, 'message');
  return started;
}
