import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { extname, join } from 'node:path';
import { MediaError } from '../media-router.ts';
import type { Failure, FromProcess, Order, ProcessOptions, Questions, ToProcess } from './messages.ts';

/** What a media process tells its user. */
export interface MediaProcessEvents {
  readonly onMessage: (message: Exclude<FromProcess, { kind: 'answer' | 'failure' }>) => void;
  /** It is gone, for whatever reason. Every open question was refused before. Nothing follows. */
  readonly onEnd: (reason: string) => void;
}

/** How long a question may take. Setting up a peer takes some 30 ms; gathering gives up after 4 s at the latest. */
const deadlineMs = 10_000;
/** How long a process gets to free its sockets when it is told to end. */
const endDeadlineMs = 3_000;

interface OpenQuestion {
  readonly settle: (message: Extract<FromProcess, { kind: 'answer' | 'failure' }>) => void;
}

/** One media process, seen from the server: questions with answers, and orders, in the order they were given. */
export class MediaProcessLink {
  readonly #child: ChildProcess;
  readonly #events: MediaProcessEvents;
  readonly #open = new Map<number, OpenQuestion>();
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

  /** Process id; undefined when the process could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Has it done without an answer. What is too late by then is dropped. */
  order(...order: Order): void {
    this.#send({ kind: 'order', order });
  }

  /**
   * Asks, and calls `onAnswer` before any later message is taken, which a promise alone could not promise.
   * @throws MediaError the router's own; `overloaded` when the process ends, or does not answer in time
   */
  ask<Name extends keyof Questions>(
    name: Name,
    question: Questions[Name]['question'],
    onAnswer: (answer: Questions[Name]['answer'], isLate: boolean) => void = () => {},
  ): Promise<Questions[Name]['answer']> {
    this.#lastId += 1;
    const id = this.#lastId;
    const countBefore = this.#messageCount;
    return new Promise((resolve, reject) => {
      let isLate = false;
      const deadline = setTimeout(() => {
        isLate = true;
        reject(new MediaError('overloaded', `A media process did not answer within ${deadlineMs / 1000} s.`));
        // Not a word about anything: it hangs, and its media with it.
        if (this.#messageCount === countBefore) this.#child.kill('SIGKILL');
      }, deadlineMs);
      this.#open.set(id, {
        settle: (message) => {
          clearTimeout(deadline);
          if (message.kind === 'failure') {
            reject(errorOf(message.failure));
            return;
          }
          const answer = message.answer as Questions[Name]['answer'];
          onAnswer(answer, isLate);
          resolve(answer);
        },
      });
      this.#send({ kind: 'question', id, name, question } as ToProcess);
      if (this.#hasEnded) this.#refuseOpen();
    });
  }

  /** Ends the process, by force when it does not go by itself. */
  async close(): Promise<void> {
    const force = setTimeout(() => this.#child.kill('SIGKILL'), endDeadlineMs);
    if (this.#child.connected) this.#child.disconnect();
    await this.#ended;
    clearTimeout(force);
  }

  #send(message: ToProcess): void {
    if (this.#hasEnded || !this.#child.connected) return;
    // A failed write means that the process is ending, which `exit` tells.
    this.#child.send(message, () => {});
  }

  #take(message: FromProcess): void {
    this.#messageCount += 1;
    if (message.kind !== 'answer' && message.kind !== 'failure') {
      this.#events.onMessage(message);
      return;
    }
    const question = this.#open.get(message.id);
    this.#open.delete(message.id);
    question?.settle(message);
  }

  #end(reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#refuseOpen();
    this.#events.onEnd(reason);
  }

  #refuseOpen(): void {
    const failure: Failure = { code: 'overloaded', message: 'The media process of this stream ended.' };
    const open = [...this.#open];
    this.#open.clear();
    for (const [id, { settle }] of open) settle({ kind: 'failure', id, failure });
  }
}

/** The program lies beside this file, as source or built. */
function startProgram(): ChildProcess {
  const extension = extname(import.meta.filename);
  // Secrets of the server are no business of a process that reads packets of strangers.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PARLEY_')));
  return fork(join(import.meta.dirname, `media-process${extension}`), [], {
    env,
    // Not those of this process: an inspector's port, for one, can only be taken once.
    execArgv: extension === '.ts' ? ['--conditions=@parley-rtc/source'] : [],
  });
}

function errorOf({ code, message }: Failure): Error {
  return code === undefined ? new Error(message) : new MediaError(code, message);
}
