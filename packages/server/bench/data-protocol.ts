/** From the measuring process to the relay of data channels: part of a client's signalling, or a question. */
export interface ToRelay {
  readonly id: number;
  readonly offer?: string;
  readonly candidate?: string;
  readonly asksForFacts?: true;
}

/** From the relay: part of the signalling with a client, or what it has used until now. */
export interface FromRelay {
  readonly id?: number;
  readonly answer?: string;
  readonly candidate?: string;
  readonly facts?: ProcessFacts;
}

/** What a process has used until now. */
export interface ProcessFacts {
  readonly cpuMs: number;
  readonly memoryBytes: number;
}
