import { fork, type ChildProcess } from 'node:child_process';
import { extname, join } from 'node:path';
import { MediaError } from '../media-router.ts';
import type { Command, Failure, FromProcess, ProcessOptions, Requests, ToProcess } from './messages.ts';

/** Events of a media process. */
export interface MediaProcessEvents {
  readonly onMessage: (message: Exclude<FromProcess, { kind: 'response' | 'failure' }>) => void;
  /** The process exited. All pending requests were rejected before; nothing follows. */
  readonly onEnd: (reason: string) => void;
}

/** How long a request may take. Setting up a peer takes some 30 ms; gathering times out after at most 4 s. */
const deadlineMs = 10_000;
/** How long a process may take to free its sockets when asked to exit. */
const endDeadlineMs = 3_000;

interface PendingRequest {
  readonly settle: (message: Extract<FromProcess, { kind: 'response' | 'failure' }>) => void;
}

/** One media process as the server sees it: requests with responses, and commands, in the order they were sent. */
export class MediaProcessLink {
  readonly #child: ChildProcess;
  readonly #events: MediaProcessEvents;
  readonly #pending = new Map<number, PendingRequest>();
  readonly #ended: Promise<void>;
  #lastId = 0;
  #messageCount = 0;
  #hasEnded = false;

  constructor(options: ProcessOptions, events: MediaProcessEvents) {
    this.#events = events;
    this.#child = startProgram();
    this.#child.on('message', (message: FromProcess) => this.#take(message));
    this.#ended = new Promise((resolve) => {
      const end = (reason: string): void => {
        this.#end(reason);
        resolve();
      };
      this.#child.once('exit', (code, signal) => end(signal ?? `exit code ${code}`));
      this.#child.on('error', (error) => {
        // Without a process id it never started, and `exit` will not come.
        if (this.#child.pid === undefined) end(error.message);
      });
    });
    this.#send({ kind: 'start', options });
  }

  /** Process id; undefined if the process could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Sends a command without a response. A command that comes too late is dropped. */
  command(...command: Command): void {
    this.#send({ kind: 'command', command });
  }

  /**
   * Sends a request, and calls `onResponse` before handling any later message, which a promise alone cannot guarantee.
   * @throws MediaError the router's own; `overloaded` when the process exits, or does not respond in time
   */
  request<Name extends keyof Requests>(
    name: Name,
    payload: Requests[Name]['request'],
    onResponse: (response: Requests[Name]['response'], isLate: boolean) => void = () => {},
  ): Promise<Requests[Name]['response']> {
    this.#lastId += 1;
    const id = this.#lastId;
    const countBefore = this.#messageCount;
    return new Promise((resolve, reject) => {
      let isLate = false;
      const deadline = setTimeout(() => {
        isLate = true;
        reject(
          new MediaError('overloaded', `A media process did not respond within ${deadlineMs / 1000} s.`),
        );
        // No message at all since the request: the process hangs, and its media with it.
        if (this.#messageCount === countBefore) this.#child.kill('SIGKILL');
      }, deadlineMs);
      this.#pending.set(id, {
        settle: (message) => {
          clearTimeout(deadline);
          if (message.kind === 'failure') {
            reject(errorOf(message.failure));
            return;
          }
          const response = message.response as Requests[Name]['response'];
          onResponse(response, isLate);
          resolve(response);
        },
      });
      this.#send({ kind: 'request', id, name, payload } as ToProcess);
      if (this.#hasEnded) this.#rejectPending();
    });
  }

  /** Ends the process, by force if it does not exit on its own. */
  async close(): Promise<void> {
    const force = setTimeout(() => this.#child.kill('SIGKILL'), endDeadlineMs);
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
    clearTimeout(force);
  }

  #send(message: ToProcess): void {
    if (this.#hasEnded || !this.#child.connected) return;
    // A failed write means that the process is exiting, which `exit` reports.
    this.#child.send(message, () => {});
  }

  #take(message: FromProcess): void {
    this.#messageCount += 1;
    if (message.kind !== 'response' && message.kind !== 'failure') {
      this.#events.onMessage(message);
      return;
    }
    const request = this.#pending.get(message.id);
    this.#pending.delete(message.id);
    request?.settle(message);
  }

  #end(reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#rejectPending();
    this.#events.onEnd(reason);
  }

  #rejectPending(): void {
    const failure: Failure = { code: 'overloaded', message: 'The media process of this stream ended.' };
    const pending = [...this.#pending];
    this.#pending.clear();
    for (const [id, { settle }] of pending) settle({ kind: 'failure', id, failure });
  }
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

function errorOf({ code, message }: Failure): Error {
  return code === undefined ? new Error(message) : new MediaError(code, message);
}
