import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { StartError } from './start-error.ts';

const program = fileURLToPath(new URL('run-server.ts', import.meta.url));

/** The Parley server in a process of its own, which can be killed and started again. */
export class ServerProcess {
  readonly #env: NodeJS.ProcessEnv;
  readonly #onCrash: () => void;
  #child: ChildProcess | undefined;
  #isClosed = false;

  /** `env` holds its settings. `onCrash` is called when it ends by itself after it listened. */
  constructor(env: NodeJS.ProcessEnv, onCrash: () => void) {
    this.#env = env;
    this.#onCrash = onCrash;
  }

  /**
   * Resolves when it listens. Does nothing after `close`.
   *
   * @throws StartError when it cannot start; the reason is on the terminal.
   */
  async start(): Promise<void> {
    if (this.#isClosed) return;
    const child = fork(program, {
      env: this.#env,
      execArgv: ['--conditions=@parley-rtc/source'],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    this.#child = child;
    const isListening = await Promise.race([
      once(child, 'message').then(() => true),
      once(child, 'exit').then(() => false),
    ]);
    if (!isListening) {
      if (this.#child !== child) return;
      throw new StartError('The Parley server could not start. The reason is above.');
    }
    child.once('exit', () => {
      if (this.#child === child) this.#onCrash();
    });
  }

  /** Ends it as a crash would, without a goodbye. */
  async kill(): Promise<void> {
    await this.#end((child) => child.kill('SIGKILL'));
  }

  /** Shuts it down for good. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#end((child) => child.disconnect());
  }

  async #end(tell: (child: ChildProcess) => void): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    tell(child);
    await exited;
  }
}
