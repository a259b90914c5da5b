import type { Conference } from '@parley-rtc/sdk';
import { PageFaults, type FaultRun, type FaultStep, type PeerChange } from '@parley-rtc/testing';
import { describeFault, describePeerChange } from './describe-fault.ts';
import { faultPlans } from './fault-plans.ts';

const markup = `
  <p>A fault plan makes things go wrong in this tab, as they do in the field. Start one, and watch how the call copes.</p>
  <p><label for="plan">Plan</label><select id="plan"></select></p>
  <p><label for="json">The plan as JSON: change it, or paste your own</label>
    <textarea id="json" rows="10" spellcheck="false" autocapitalize="off" aria-describedby="bad-plan"></textarea></p>
  <p id="bad-plan" role="alert"></p>
  <p class="buttons"><button id="run" type="button">Start the plan</button>
    <button id="end" type="button" disabled>Stop it</button></p>
  <div id="log" role="log" aria-label="What has happened" tabindex="0" hidden><ol id="steps"></ol></div>`;

let onPeerChange = (_change: PeerChange): void => {};
/** As the page loads: only what is created afterwards can break. */
const faults = new PageFaults({ onPeerChange: (change) => onPeerChange(change) });

/** The part of the drawer that runs fault plans against this page. */
export class FaultSection {
  readonly #root: HTMLElement;
  #run: FaultRun | undefined;
  #startedMs = 0;
  /** The counts of requests that faults have hit, by the place of the fault in its plan. */
  #hits = new Map<number, { readonly line: HTMLElement; readonly counts: Map<string, number> }>();
  #stopFollowing = (): void => {};
  /** When the call last stopped being connected. */
  #interruptedMs: number | undefined;

  constructor(root: HTMLElement) {
    root.innerHTML = markup;
    this.#root = root;
    onPeerChange = (change) => void this.#note(describePeerChange(change));
    const choice = this.#part<HTMLSelectElement>('plan');
    choice.append(...faultPlans.map(({ title }) => new Option(title)));
    choice.addEventListener('change', () => this.#show(choice.selectedIndex));
    this.#show(0);
    this.#part('run').addEventListener('click', () => this.#start());
    this.#part('end').addEventListener('click', () => this.#run?.stop());
  }

  /** The call whose recovery to describe. */
  follow(conference: Conference | undefined): void {
    this.#stopFollowing();
    this.#interruptedMs = undefined;
    this.#stopFollowing =
      conference?.on('connection-changed', ({ connection }) => this.#onConnection(connection)) ?? (() => {});
  }

  /** Stops a plan that runs. */
  stop(): void {
    this.#run?.stop();
  }

  #show(index: number): void {
    this.#part<HTMLTextAreaElement>('json').value = JSON.stringify(faultPlans[index], null, 2);
    this.#refuse('');
  }

  #start(): void {
    this.#refuse('');
    this.#part('steps').replaceChildren();
    this.#hits.clear();
    this.#startedMs = performance.now();
    const json = this.#part<HTMLTextAreaElement>('json').value;
    try {
      this.#run = faults.run(JSON.parse(json), { onStep: (step) => this.#onStep(step) });
    } catch (error) {
      const { message } = error as Error;
      return this.#refuse(error instanceof SyntaxError ? `This is not JSON. ${message}.` : message);
    }
    this.#setRunning(true);
    this.#note(`The plan runs for ${seconds(this.#run.durationMs)}.`);
    void this.#run.finished.then(() => this.#finish());
  }

  #finish(): void {
    this.#run = undefined;
    this.#setRunning(false);
    this.#note('The plan is over.');
  }

  #onStep({ step, index, fault, operation = '' }: FaultStep): void {
    const { begins, help } = describeFault(fault);
    if (step === 'begins') this.#note(begins, help);
    if (step === 'ends') this.#note(`Over: ${begins}`);
    if (step === 'hits') this.#count(index, operation);
  }

  /** One line for all requests that a fault hits. */
  #count(index: number, operation: string): void {
    const hit = this.#hits.get(index) ?? { line: this.#note(''), counts: new Map<string, number>() };
    this.#hits.set(index, hit);
    hit.counts.set(operation, (hit.counts.get(operation) ?? 0) + 1);
    const counts = Array.from(hit.counts, ([name, count]) => (count === 1 ? name : `${count} × ${name}`));
    hit.line.textContent = `Requests hit: ${counts.join(', ')}`;
  }

  #onConnection(connection: string): void {
    if (connection === 'connected') {
      if (this.#interruptedMs !== undefined) {
        const tookMs = performance.now() - this.#interruptedMs;
        this.#note(`The call is connected again, ${seconds(tookMs)} after it was interrupted.`);
      }
      this.#interruptedMs = undefined;
    } else {
      this.#interruptedMs ??= performance.now();
      this.#note(`The call is ${connection}.`);
    }
  }

  /** Adds a line with the time since the plan began, and returns the element of its text. Nothing before the first plan. */
  #note(text: string, help = ''): HTMLElement {
    const line = document.createElement('span');
    line.textContent = text;
    if (this.#startedMs === 0) return line;
    const item = document.createElement('li');
    const time = document.createElement('time');
    time.textContent = seconds(performance.now() - this.#startedMs);
    const more = document.createElement('small');
    more.textContent = help;
    item.append(time, line, ...(help === '' ? [] : [more]));
    this.#part('steps').append(item);
    const log = this.#part('log');
    log.scrollTop = log.scrollHeight;
    return line;
  }

  #refuse(problem: string): void {
    this.#part('bad-plan').textContent = problem;
    this.#part('json').toggleAttribute('aria-invalid', problem !== '');
  }

  #setRunning(isRunning: boolean): void {
    this.#part('run').toggleAttribute('disabled', isRunning);
    this.#part('end').toggleAttribute('disabled', !isRunning);
    this.#part('log').hidden = false;
  }

  #part<Part extends HTMLElement>(id: string): Part {
    const part = this.#root.querySelector<Part>(`#${id}`);
    if (!part) throw new Error(`There is no element with the id "${id}".`);
    return part;
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
