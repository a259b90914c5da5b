/** A process that could have another view. */
export interface Candidate {
  /** Its publishers and views. */
  readonly peers: number;
  /** Whether it has the stream already, from its publisher or by a relay. */
  readonly hasStream: boolean;
}

export type ChooseProcess = <Process extends Candidate>(processes: readonly Process[]) => Process | undefined;

/** A relay costs about as much as a few views, so it must save more than that. */
const clearlyFewer = 20;
const clearlyLess = 0.75;

/**
 * The process for another view of a stream: the one with fewest peers of those that have the stream, unless another one has
 * clearly fewer. Undefined if none has it.
 */
export function chooseProcess<Process extends Candidate>(processes: readonly Process[]): Process | undefined {
  const [having] = byPeers(processes.filter(({ hasStream }) => hasStream));
  const [emptiest] = byPeers(processes);
  if (!having || !emptiest) return undefined;
  const isWorthIt =
    having.peers - emptiest.peers >= clearlyFewer && emptiest.peers <= having.peers * clearlyLess;
  return isWorthIt ? emptiest : having;
}

function byPeers<Process extends Candidate>(processes: readonly Process[]): Process[] {
  return processes.toSorted((one, other) => one.peers - other.peers);
}
