/** How one connection reaches the other side: the selected pair of candidates. */
export interface SelectedPath {
  /** Of the page's own end. */
  readonly candidateType: string;
  /** Between the page and its relay; absent without one. */
  readonly relayProtocol?: string;
  /** Where the other end is, for the page. */
  readonly remoteAddress: string;
  readonly remotePort: number;
}

/** A row of the statistics, for which TypeScript has no type yet. */
interface Candidate {
  readonly candidateType: string;
  readonly relayProtocol?: string;
  readonly address?: string;
  readonly port?: number;
}

/** Of all open connections of the page. Is handed to the browser as text, so it must not use anything from outside itself. */
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
