// The relay of `data-channels.ts`: each client has one connection with an unordered data channel without retransmissions, and
// what one sends goes to all others. Signalling comes over the messages of this process.
import { PeerConnection, type DataChannel } from 'node-datachannel';
import type { FromRelay, ToRelay } from './data-protocol.ts';

/** A connection without a reference would be collected. */
const connections = new Map<number, PeerConnection>();
const channels = new Map<number, DataChannel>();

function tell(message: FromRelay): void {
  process.send?.(message);
}

process.on('message', ({ id, offer, candidate, asksForFacts }: ToRelay) => {
  if (asksForFacts) {
    const { user, system } = process.cpuUsage();
    tell({ facts: { cpuMs: (user + system) / 1_000, memoryBytes: process.memoryUsage.rss() } });
  }
  if (candidate !== undefined) connections.get(id)?.addRemoteCandidate(candidate, '0');
  if (offer === undefined) return;
  const connection = new PeerConnection(`relay ${id}`, { iceServers: [], bindAddress: '127.0.0.1' });
  connections.set(id, connection);
  connection.onLocalDescription((answer) => tell({ id, answer }));
  connection.onLocalCandidate((found) => tell({ id, candidate: found }));
  connection.onDataChannel((channel) => {
    channels.set(id, channel);
    channel.onMessage((payload) => {
      for (const [other, to] of channels) if (other !== id) to.sendMessageBinary(payload as Buffer);
    });
  });
  connection.setRemoteDescription(offer, 'offer');
});
process.on('disconnect', () => process.exit(0));
