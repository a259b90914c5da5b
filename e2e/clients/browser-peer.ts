import type { Counts, PeerRequest } from './media-client.ts';

declare global {
  interface Window {
    peers?: Map<string, RTCPeerConnection>;
  }
}

/** Runs in a page: a raw peer connection with a canvas and the fake microphone, as an offer with all candidates. */
export async function openPeer([peer, { role, kinds, bundlePolicy }]: readonly [
  string,
  PeerRequest,
]): Promise<string> {
  const connection = new RTCPeerConnection({ bundlePolicy });
  (window.peers ??= new Map()).set(peer, connection);
  for (const kind of kinds) {
    if (role === 'view') {
      connection.addTransceiver(kind, { direction: 'recvonly' });
    } else if (kind === 'audio') {
      const [track] = (await navigator.mediaDevices.getUserMedia({ audio: true })).getTracks();
      if (track) connection.addTransceiver(track, { direction: 'sendonly' });
    } else {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [160, 120];
      const context = canvas.getContext('2d');
      let count = 0;
      setInterval(() => {
        count += 1;
        if (!context) return;
        context.fillStyle = `hsl(${count * 7} 80% 50%)`;
        context.fillRect(0, 0, 160, 120);
      }, 66);
      const [track] = canvas.captureStream(15).getTracks();
      if (track) connection.addTransceiver(track, { direction: 'sendonly' });
    }
  }
  connection.ontrack = ({ track }) => {
    const element = document.createElement('video');
    element.muted = true;
    element.srcObject = new MediaStream([track]);
    document.body.append(element);
    void element.play();
  };
  const gathered = new Promise<void>((resolve) => {
    connection.onicegatheringstatechange = () => {
      if (connection.iceGatheringState === 'complete') resolve();
    };
  });
  await connection.setLocalDescription();
  await gathered;
  return connection.localDescription?.sdp ?? '';
}

/** Runs in a page: applies the answer. */
export async function acceptAnswer([peer, sdp]: readonly [string, string]): Promise<void> {
  await window.peers?.get(peer)?.setRemoteDescription({ type: 'answer', sdp });
}

/** Runs in a page: what the peer has received. */
export async function countReceived(peer: string): Promise<Counts> {
  const counts = { audio: 0, video: 0 };
  const stats = (await window.peers?.get(peer)?.getStats()) ?? new Map<string, RTCInboundRtpStreamStats>();
  for (const row of stats.values() as Iterable<RTCInboundRtpStreamStats>) {
    if (row.type !== 'inbound-rtp') continue;
    if (row.kind === 'audio') counts.audio += row.packetsReceived ?? 0;
    else counts.video += row.framesDecoded ?? 0;
  }
  return counts;
}

/** Runs in a page: ends the peer. */
export function closePeer(peer: string): void {
  window.peers?.get(peer)?.close();
}
