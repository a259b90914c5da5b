import { fork, type ChildProcess } from 'node:child_process';
import { extname, join } from 'node:path';
import type { RouterNews } from '../pool/messages.ts';
import { RouterCalls } from '../pool/router-calls.ts';
import type { FromProcess, ProcessLine, ProcessOptions, ToProcess } from './messages.ts';

/** Events of a media process. */
export interface MediaProcessEvents {
  readonly onMessage: (message: { readonly kind: 'ready' } | ProcessLine | RouterNews) => void;
  /** The process exited. All pending requests were rejected before; nothing follows. */
  readonly onEnd: (reason: string) => void;
}

/** How long a process may take to free its sockets when asked to exit. */
const endDeadlineMs = 3_000;

/** One media process as the server sees it. */
export class MediaProcessLink extends RouterCalls {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;

  constructor(options: ProcessOptions, events: MediaProcessEvents) {
    const child = startProgram();
    super({
      send: (message) => sendTo(child, message),
      // Not even one message: the process hangs, and its media with it.
      onSilent: () => void child.kill('SIGKILL'),
      name: 'The media process',
    });
    this.#child = child;
    child.on('message', (message: FromProcess) => {
      const said = this.take(message);
      if (said) events.onMessage(said);
    });
    this.#ended = new Promise((resolve) => {
      const end = (reason: string): void => {
        if (this.end()) events.onEnd(reason);
        resolve();
      };
      child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
      child.on('error', (error) => {
        // Without a process id it never started, and `exit` will not come.
        if (child.pid === undefined) end(error.message);
      });
    });
    sendTo(child, { kind: 'start', options });
  }

  /** Process id; undefined if the process could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Ends the process, by force if it does not exit on its own. */
  async close(): Promise<void> {
    const force = setTimeout(() => this.#child.kill('SIGKILL'), endDeadlineMs);
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
    clearTimeout(force);
  }
}

function sendTo(child: ChildProcess, message: ToProcess): void {
  // A failed write means that the process is exiting, which `exit` reports.
  if (child.connected) child.send(message, () => {});
}

/** The program is next to this file, as source or built. */
function startProgram(): ChildProcess {
  const extension = extname(import.meta.filename);
  // A process that parses strangers' packets must not know the server's secrets.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_')));
  return fork(join(import.meta.dirname, `media-process${extension}`), [], {
    env,
    // Not the flags of this process: an inspector's port, for example, can be used only once.
    execArgv: extension === '.ts' ? ['--conditions=@parley-rtc/source'] : [],
  });
}
