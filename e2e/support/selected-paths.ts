/** The selected candidate pair of one connection. */
export interface SelectedPath {
  /** Type of the local candidate. */
  readonly candidateType: string;
  /** Protocol between the page and its relay; absent without a relay. */
  readonly relayProtocol?: string;
  /** Address of the remote candidate. */
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** A statistics row that TypeScript has no type for. */
interface Candidate {
  readonly candidateType: string;
  readonly relayProtocol?: string;
  readonly address?: string;
  readonly port?: number;
}

/** The paths of all open connections of the page. Passed to the browser as text, so it must not use anything outside itself. */
export async function selectedPaths(): Promise<SelectedPath[]> {
  const paths: SelectedPath[] = [];
  for (const peer of window.probe.peerConnections()) {
    if (peer.connectionState === 'closed') continue;
    const report = await peer.getStats();
    for (const row of report.values() as Iterable<RTCTransportStats>) {
      if (row.type !== 'transport') continue;
      const pair = report.get(row.selectedCandidatePairId ?? '') as RTCIceCandidatePairStats | undefined;
      const own = report.get(pair?.localCandidateId ?? '') as Candidate | undefined;
      const other = report.get(pair?.remoteCandidateId ?? '') as Candidate | undefined;
      const { candidateType = 'none', relayProtocol } = own ?? {};
      const { address = 'none', port = 0 } = other ?? {};
      const remote = { remoteAddress: address, remotePort: port };
      paths.push({ candidateType, ...remote, ...(relayProtocol !== undefined && { relayProtocol }) });
    }
  }
  return paths;
}
