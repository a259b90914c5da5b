import { EventEmitter, once } from 'node:events';

/** A promise together with the function that resolves it. */
export function aGate(): { promise: Promise<string>; resolve: (value: string) => void } {
  const gate = new EventEmitter();
  const promise = once(gate, 'open').then(([value]) => String(value));
  return { promise, resolve: (value) => gate.emit('open', value) };
}
