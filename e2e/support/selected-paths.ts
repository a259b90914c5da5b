/** How one connection reaches the other side: its own end of the selected pair of candidates. */
export interface SelectedPath {
  readonly candidateType: string;
  /** Between the page and its relay; absent without one. */
  readonly relayProtocol?: string;
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
      const own = report.get(pair?.localCandidateId ?? '') as SelectedPath | undefined;
      const { candidateType = 'none', relayProtocol } = own ?? {};
      paths.push({ candidateType, ...(relayProtocol !== undefined && { relayProtocol }) });
    }
  }
  return paths;
}
