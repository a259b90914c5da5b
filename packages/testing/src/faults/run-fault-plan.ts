import type { FateOf, HttpFate } from '../http/fake-network.ts';
import { durationMsOf } from './duration-ms-of.ts';
import type { Fault, FaultPlan, HttpFault } from './fault-plan.ts';
import type { FaultTarget } from './fault-target.ts';
import { readFaultPlan } from './read-fault-plan.ts';
import { seededRandom } from './seeded-random.ts';

/** One step of a run: a fault begins or ends, or a request meets its fate. */
export interface FaultStep {
  /** Milliseconds since the start. */
  readonly atMs: number;
  /** The place of the fault in the plan. */
  readonly index: number;
  readonly fault: Fault;
  readonly step: 'begins' | 'ends' | 'hits';
  /** The operation that was hit. */
  readonly operation?: string;
}

export interface FaultRunOptions {
  /** Called with each step. */
  readonly onStep?: (step: FaultStep) => unknown;
}

/** A plan that runs. */
export interface FaultRun {
  /** How long the run takes: the end of the last fault, in milliseconds. */
  readonly durationMs: number;
  /** All steps so far, in order. */
  readonly steps: readonly FaultStep[];
  /** Resolves at the end of the last fault, or when `stop` is called. Never rejects. */
  readonly finished: Promise<void>;
  /** Ends all faults that last, and begins no other. */
  stop(): void;
}

/** Runs a plan with `setTimeout`, so that the fake timers of a test runner control it. */
export function runFaultPlan(
  document: FaultPlan,
  target: FaultTarget,
  { onStep = () => {} }: FaultRunOptions = {},
): FaultRun {
  const plan = readFaultPlan(document);
  const startedMs = performance.now();
  const steps: FaultStep[] = [];
  const timers: ReturnType<typeof setTimeout>[] = [];
  const lasting = new Set<() => void>();
  const times = plan.faults.map((fault) => ({ fault, ...timesOf(fault) }));
  const durationMs = Math.max(0, ...times.map(({ atMs, forMs = 0 }) => atMs + forMs));
  const { promise: finished, resolve: finish } = withResolver();

  const after = (delayMs: number, act: () => void) => void timers.push(setTimeout(act, delayMs));
  const note = (index: number, fault: Fault, step: FaultStep['step'], operation?: string) => {
    const atMs = Math.round(performance.now() - startedMs);
    steps.push({ atMs, index, fault, step, ...(operation !== undefined && { operation }) });
    onStep(steps[steps.length - 1] as FaultStep);
  };
  for (const [index, { fault, atMs, forMs }] of times.entries()) {
    after(atMs, () => {
      const random = seededRandom(plan.seed + index * 7_919);
      // First, so that what follows from it comes later.
      note(index, fault, 'begins');
      const undo = begin(fault, target, random, (operation) => note(index, fault, 'hits', operation));
      if (!undo || forMs === undefined) return;
      const end = () => {
        if (!lasting.delete(end)) return;
        note(index, fault, 'ends');
        undo();
      };
      lasting.add(end);
      after(forMs, end);
    });
  }
  const stop = () => {
    for (const timer of timers) clearTimeout(timer);
    for (const end of Array.from(lasting)) end();
    finish();
  };
  after(durationMs, stop);
  return { durationMs, steps, finished, stop };
}

function timesOf(fault: Fault): { readonly atMs: number; readonly forMs: number | undefined } {
  return { atMs: durationMsOf(fault.at) ?? 0, forMs: 'for' in fault ? durationMsOf(fault.for) : undefined };
}

/** Begins a fault. Returns what ends it, for a fault that lasts. */
function begin(
  fault: Fault,
  target: FaultTarget,
  random: () => number,
  onHit: (operation: string) => void,
): (() => void) | undefined {
  switch (fault.kind) {
    case 'http':
      return target.disturbRequests(fatesOf(fault, random, onHit));
    case 'feed':
      if (fault.effect === 'stalled') return target.stallFeed();
      target.cutFeed();
      return undefined;
    case 'peer':
      target.breakPeers(fault.effect, fault.direction);
      return () => target.recoverPeers(fault.direction);
    case 'device':
      return target.troubleDevice(fault.device, fault.effect);
    case 'network':
      return target.loseNetwork();
  }
}

function fatesOf(fault: HttpFault, random: () => number, onHit: (operation: string) => void): FateOf {
  const fate = fateOf(fault);
  return (operation) => {
    if (fault.operation !== undefined && fault.operation !== operation) return undefined;
    if (random() >= (fault.share ?? 1)) return undefined;
    onHit(operation);
    return fate;
  };
}

function fateOf({ effect, delay, status = 500, retryAfter }: HttpFault): HttpFate {
  if (effect === 'late') return { kind: 'late', delayMs: durationMsOf(delay) ?? 0 };
  if (effect === 'status') {
    const retryAfterMs = durationMsOf(retryAfter);
    return {
      kind: 'refused',
      status,
      retryAfterS: retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1000),
    };
  }
  return { kind: 'lost', isAnswerLost: effect === 'answer-lost' };
}

function withResolver(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  const listeners: (() => void)[] = [];
  const promise = new Promise<void>((resolve) => void listeners.push(resolve));
  return { promise, resolve: () => listeners.forEach((listener) => listener()) };
}
