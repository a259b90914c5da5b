/** A router that could have another view. */
export interface Candidate {
  /** Its publishers and views. */
  readonly peers: number;
  /** Whether it has the stream already, from its publisher or by a relay. */
  readonly hasStream: boolean;
}

export type ChooseRouter = <Router extends Candidate>(routers: readonly Router[]) => Router | undefined;

/** A relay costs about as much as a few views, so it must save more than that. */
const clearlyFewer = 20;
const clearlyLess = 0.75;

/**
 * The router for another view of a stream: the one with fewest peers of those that have the stream, unless another one has
 * clearly fewer. Undefined if none has it.
 */
export function chooseRouter<Router extends Candidate>(routers: readonly Router[]): Router | undefined {
  const [having] = byPeers(routers.filter(({ hasStream }) => hasStream));
  const [emptiest] = byPeers(routers);
  if (!having || !emptiest) return undefined;
  const isWorthIt =
    having.peers - emptiest.peers >= clearlyFewer && emptiest.peers <= having.peers * clearlyLess;
  return isWorthIt ? emptiest : having;
}

function byPeers<Router extends Candidate>(routers: readonly Router[]): Router[] {
  return routers.toSorted((one, other) => one.peers - other.peers);
}
