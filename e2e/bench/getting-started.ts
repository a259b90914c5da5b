// Follows the pages of docs/getting-started literally, each in an empty folder and with the packed packages, until two people see each
// other. Prints a table of commands and seconds. The seconds are those of the commands, without those for reading and typing.
// Run with `npx pnpm bench:getting-started [page…]` after `npm run build`; needs the ports 3000, 5173 and 8787.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { startLocalRegistry, type LocalRegistry } from '../../.ci/local-registry.ts';
import { packPackages } from '../../.ci/pack-packages.ts';
import { readGuide, type Step } from './guide.ts';
import { fakeDevices, launchBenchBrowser } from './launch-bench-browser.ts';

const pages =
  process.argv.length > 2 ? process.argv.slice(2) : ['script-tag', 'react', 'vue', 'next', 'nuxt'];
const waitMs = 180_000;

/** A terminal, in an empty folder. */
class Terminal {
  #folder: string;
  readonly #registry: LocalRegistry;
  #running: ChildProcess | undefined;

  constructor(registry: LocalRegistry) {
    this.#folder = mkdtempSync(join(tmpdir(), 'parley-guide-'));
    this.#registry = registry;
  }

  /** Runs a command and stays in the folder that it leads to. */
  async run(command: string): Promise<void> {
    const child = this.#spawn(command, 'pipe');
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => (output += String(chunk)));
    const [status] = (await once(child, 'exit')) as [number | null];
    if (status !== 0) throw new Error(`${command} failed:\n${output}`);
    const [, folder] = /^cd (\S+)$/.exec(command) ?? [];
    if (folder !== undefined) this.#folder = join(this.#folder, folder);
  }

  /** Starts a command that runs until `close`. */
  start(command: string): void {
    this.#running = this.#spawn(command, 'ignore');
  }

  save(path: string, content: string): void {
    mkdirSync(dirname(join(this.#folder, path)), { recursive: true });
    writeFileSync(join(this.#folder, path), content);
  }

  async close(): Promise<void> {
    const child = this.#running;
    if (child?.pid !== undefined && child.exitCode === null) {
      const exited = once(child, 'exit');
      // The whole group: package managers start programs of their own.
      process.kill(-child.pid, 'SIGTERM');
      await exited;
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #spawn(command: string, output: 'pipe' | 'ignore'): ChildProcess {
    // What the reader gets from npm's own registry once the packages are there.
    writeFileSync(join(this.#folder, '.npmrc'), `@parley-rtc:registry=${this.#registry.url}\n`);
    const environment = Object.entries(process.env).filter(
      ([name]) => !/^npm_(config|package|lifecycle)_|^NODE_(ENV|PATH)$/i.test(name),
    );
    return spawn('sh', ['-c', command], {
      cwd: this.#folder,
      detached: true,
      env: { ...Object.fromEntries(environment), npm_config_yes: 'true' },
      stdio: ['ignore', output, output],
    });
  }
}

async function follow(page: string, browser: Browser, registry: LocalRegistry): Promise<string> {
  const { steps, url } = readGuide(`docs/getting-started/${page}.md`);
  const [first, second] = [new Terminal(registry), new Terminal(registry)];
  let commands = 0;
  const began = performance.now();
  try {
    for (const step of steps) {
      commands +=
        step.kind === 'run' ? step.commands.length : step.kind === 'server' || step.kind === 'start' ? 1 : 0;
      await take(step, first, second);
    }
    await until('http://localhost:8787/healthz');
    await until(url);
    const startedS = (performance.now() - began) / 1000;
    const [ada, bob] = [await joinCall(browser, url, 'Ada'), await joinCall(browser, url, 'Bob')];
    for (const visitor of [ada, bob]) await seesOther(visitor);
    const callS = (performance.now() - began) / 1000;
    for (const visitor of [ada, bob]) await visitor.context().close();
    const files = steps.filter(({ kind }) => kind === 'save').length;
    return `| ${page} | ${commands} | ${files} | ${startedS.toFixed(0)} | ${callS.toFixed(0)} |`;
  } finally {
    await second.close();
    await first.close();
  }
}

async function take(step: Step, first: Terminal, second: Terminal): Promise<void> {
  if (step.kind === 'server') return first.start(step.command);
  if (step.kind === 'start') return second.start(step.command);
  if (step.kind === 'save') return second.save(step.path, step.content);
  for (const command of step.commands) await second.run(command);
}

/** Waits until an address answers. */
async function until(url: string): Promise<void> {
  const deadline = performance.now() + waitMs;
  while (performance.now() < deadline) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not answer.`);
}

/** Opens the call in a window of its own, and joins it. */
async function joinCall(browser: Browser, url: string, name: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(url, { timeout: waitMs });
  await page.getByLabel('Your name').fill(name, { timeout: waitMs });
  await page.getByRole('button', { name: 'Join call' }).click();
  return page;
}

/** Waits until the video of the other plays. */
async function seesOther(page: Page): Promise<void> {
  const video = page.locator('parley-tile:not([aria-label^="You"]) video');
  await video.waitFor({ timeout: waitMs });
  await page.waitForFunction(
    (element) => element instanceof HTMLVideoElement && element.currentTime > 0.5 && element.videoWidth > 0,
    await video.elementHandle(),
    { timeout: waitMs },
  );
}

const folder = mkdtempSync(join(tmpdir(), 'parley-guides-'));
const registry = await startLocalRegistry(packPackages(folder));
const browser = await launchBenchBrowser(fakeDevices);
try {
  console.log(
    '| guide | commands | files | page answers after s | call after s |\n| --- | --- | --- | --- | --- |',
  );
  for (const page of pages) console.log(await follow(page, browser, registry));
} finally {
  await browser.close();
  await registry.close();
  rmSync(folder, { recursive: true, force: true });
}
