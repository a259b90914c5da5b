import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../packages/server/src/testing/free-port.ts';
import { displayServerPath, driverPath, ensureWebKit } from './ensure-webkit.ts';
import { expect } from './expect.ts';

/**
 * A page in Debian's WebKit, driven over the WebDriver protocol. This WebKit has no WebRTC. Playwright's own WebKit cannot be
 * downloaded where only package registries are reachable.
 */
export class WebKitPage {
  readonly #session: string;
  readonly #processes: readonly ChildProcess[];

  private constructor(session: string, processes: readonly ChildProcess[]) {
    this.#session = session;
    this.#processes = processes;
  }

  /** Starts the browser on a display of its own. Installs what is missing, and throws with instructions if that fails. */
  static async open(): Promise<WebKitPage> {
    const browserPath = ensureWebKit();
    const processes: ChildProcess[] = [];
    try {
      const display = spawn(displayServerPath, ['-displayfd', '1', '-nolisten', 'tcp'], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      processes.push(display);
      const [displayNumber] = (await once(display.stdout, 'data')) as [Buffer];
      const port = await freePort();
      const driver = spawn(driverPath, [`--port=${port}`, '--host=127.0.0.1'], {
        stdio: 'ignore',
        env: { ...process.env, DISPLAY: `:${String(displayNumber).trim()}` },
      });
      processes.push(driver);
      const server = `http://127.0.0.1:${port}`;
      while (!(await isReady(server))) await pause(50);
      const browserOptions = { binary: browserPath, args: ['--automation'] };
      const capabilities = { alwaysMatch: { 'webkitgtk:browserOptions': browserOptions } };
      const { sessionId } = (await send('POST', `${server}/session`, { capabilities })) as {
        sessionId: string;
      };
      return new WebKitPage(`${server}/session/${sessionId}`, processes);
    } catch (error) {
      for (const process of processes.toReversed()) process.kill();
      throw error;
    }
  }

  /** Presses and releases the primary button at a place of the window, as a user does. */
  async clickAt(place: { readonly x: number; readonly y: number }): Promise<void> {
    const x = Math.round(place.x);
    const y = Math.round(place.y);
    const move = { type: 'pointerMove', duration: 0, origin: 'viewport', x, y };
    const press = [
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ];
    const actions = [{ type: 'pointer', id: 'mouse', actions: [move, ...press] }];
    await send('POST', `${this.#session}/actions`, { actions });
  }

  /** Writes a picture of the window to a file. */
  async screenshot(path: string): Promise<void> {
    const picture = (await send('GET', `${this.#session}/screenshot`)) as string;
    writeFileSync(path, Buffer.from(picture, 'base64'));
  }

  async goto(url: string): Promise<void> {
    await send('POST', `${this.#session}/url`, { url });
  }

  /** Runs `call` in the page. It is passed as text, so it must not use anything outside itself. */
  async evaluate<Argument, Result>(
    call: (argument: Argument) => Result | Promise<Result>,
    argument: Argument,
  ): Promise<Result> {
    const script = `const done = arguments[1];
      Promise.resolve((${call.toString()})(arguments[0])).then(done, (error) => done({ failed: String(error) }));`;
    const result = await send('POST', `${this.#session}/execute/async`, { script, args: [argument] });
    const { failed } = (result ?? {}) as { failed?: string };
    if (failed !== undefined) throw new Error(failed);
    return result as Result;
  }

  /** Types `text` into the first element that matches, as soon as there is one, or clicks it when there is no text. */
  async use(selector: string, text?: string): Promise<void> {
    await expect.poll(() => this.#find(selector)).toBeDefined();
    const element = await this.#find(selector);
    if (text === undefined) await send('POST', `${element}/click`, {});
    else await send('POST', `${element}/value`, { text });
  }

  /** Waits until the text of the first element that matches `selector` matches `pattern`. */
  async expectText(selector: string, pattern: RegExp): Promise<void> {
    const text = async () => {
      const element = await this.#find(selector);
      return element === undefined ? '' : await send('GET', `${element}/text`);
    };
    await expect.poll(text).toMatch(pattern);
  }

  /** The address of the first element that matches. */
  async #find(selector: string): Promise<string | undefined> {
    const using = { using: 'css selector', value: selector };
    const found = (await send('POST', `${this.#session}/elements`, using)) as Readonly<
      Record<string, string>
    >[];
    const [id] = found.flatMap((one) => Object.values(one));
    return id === undefined ? undefined : `${this.#session}/element/${id}`;
  }

  async close(): Promise<void> {
    await send('DELETE', this.#session);
    for (const process of this.#processes.toReversed()) {
      process.kill();
      if (process.exitCode === null) await once(process, 'exit');
    }
  }
}

async function isReady(server: string): Promise<boolean> {
  return await send('GET', `${server}/status`).then(
    () => true,
    () => false,
  );
}

/** Sends a WebDriver command and returns its value. */
async function send(method: string, url: string, body?: object): Promise<unknown> {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
  const { value } = (await response.json()) as { value: unknown };
  if (!response.ok) throw new Error(`${method} ${url} failed: ${JSON.stringify(value)}`);
  return value;
}
