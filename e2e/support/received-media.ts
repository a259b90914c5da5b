/** What a page's open connections have received and decoded, from their statistics. */
export interface ReceivedMedia {
  /** Codec of each kind, such as `video/VP8`; absent until media of that kind is received. */
  readonly videoCodec?: string;
  readonly audioCodec?: string;
  readonly framesDecoded: number;
  /** Sum of the squared level (0 to 1) over seconds; silence adds nothing. Chromium counts only audible playback. */
  readonly audioEnergy: number;
  /** Mean payload of the audio packets; 0 without packets. */
  readonly audioPacketBytes: number;
}

/** Passed to the browser as text, so it must not use anything outside itself. */
export async function receivedMedia(): Promise<ReceivedMedia> {
  const codecs: { video?: string; audio?: string } = {};
  let framesDecoded = 0;
  let audioEnergy = 0;
  let audioBytes = 0;
  let audioPackets = 0;
  for (const peer of window.probe.peerConnections()) {
    if (peer.connectionState === 'closed') continue;
    const report = await peer.getStats();
    for (const row of report.values() as Iterable<RTCInboundRtpStreamStats>) {
      if (row.type !== 'inbound-rtp') continue;
      framesDecoded += row.framesDecoded ?? 0;
      audioEnergy += row.totalAudioEnergy ?? 0;
      if (row.kind === 'audio') {
        audioBytes += row.bytesReceived ?? 0;
        audioPackets += row.packetsReceived ?? 0;
      }
      const codec = report.get(row.codecId ?? '') as { mimeType: string } | undefined;
      if (codec && (row.kind === 'audio' || row.kind === 'video')) codecs[row.kind] = codec.mimeType;
    }
  }
  return {
    ...(codecs.video !== undefined && { videoCodec: codecs.video }),
    ...(codecs.audio !== undefined && { audioCodec: codecs.audio }),
    framesDecoded,
    audioEnergy,
    audioPacketBytes: audioPackets === 0 ? 0 : audioBytes / audioPackets,
  };
}
