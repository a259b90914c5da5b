import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from '../../packages/server/src/testing/free-port.ts';

/** What `npm start` runs, for one test, which may stop the server. */
export class OwnDemo {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  static async start(): Promise<OwnDemo> {
    const [demoPort, apiPort] = [await freePort(), await freePort()];
    const child = spawn(process.execPath, ['--conditions=@parley-rtc/source', 'demo/start.ts'], {
      env: { ...process.env, DEMO_PORT: String(demoPort), PARLEY_PORT: String(apiPort) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
      printed += String(chunk);
      if (printed.includes('Parley is ready')) {
        child.stdout.resume();
        return new OwnDemo(`http://localhost:${demoPort}`, child);
      }
    }
    throw new Error(`The demo did not start: ${printed}`);
  }

  /** Whether the API answers through the pages' server. */
  async isServerUp(): Promise<boolean> {
    return (await fetch(`${this.url}/healthz`)).ok;
  }

  async close(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exited;
  }
}
