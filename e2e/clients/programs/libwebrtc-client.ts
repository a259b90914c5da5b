import wrtc from '@roamhq/wrtc';
import type { PeerRequest } from '../media-client.ts';
import { servePeers, type ServedPeer } from './serve-peers.ts';

const { RTCPeerConnection, nonstandard } = wrtc;
const { RTCAudioSink, RTCAudioSource, RTCVideoSink, RTCVideoSource } = nonstandard;

const width = 160;
const height = 120;
const sampleRate = 48_000;
/** The library takes audio in chunks of 10 ms. */
const chunkMs = 10;
const frameMs = 66;
const toneHz = 440;

/** libwebrtc for Node: encodes and decodes like a browser. */
function createPeer({ role, kinds, bundlePolicy }: PeerRequest): ServedPeer {
  const connection = new RTCPeerConnection({ iceServers: [], bundlePolicy });
  const counts = { audio: 0, video: 0 };
  const stops: (() => void)[] = [];
  for (const kind of kinds) {
    if (role === 'view') {
      connection.addTransceiver(kind, { direction: 'recvonly' });
    } else {
      const { track, stop } = kind === 'audio' ? tone() : movingVideo();
      connection.addTransceiver(track, { direction: 'sendonly' });
      stops.push(stop);
    }
  }
  connection.ontrack = ({ track }) => {
    if (track.kind === 'video') {
      const sink = new RTCVideoSink(track);
      sink.onframe = () => (counts.video += 1);
      stops.push(() => sink.stop());
    } else {
      const sink = new RTCAudioSink(track);
      // The library plays silence until audio arrives.
      sink.ondata = ({ samples }: { readonly samples: Int16Array }) => {
        if (samples.some((sample) => sample !== 0)) counts.audio += 1;
      };
      stops.push(() => sink.stop());
    }
  };
  return {
    async offer() {
      const gathered = new Promise<void>((resolve) => {
        connection.onicegatheringstatechange = () => {
          if (connection.iceGatheringState === 'complete') resolve();
        };
      });
      await connection.setLocalDescription(await connection.createOffer());
      await gathered;
      return connection.localDescription?.sdp ?? '';
    },
    accept: (sdp) => connection.setRemoteDescription({ type: 'answer', sdp }),
    count: () => counts,
    close() {
      for (const stop of stops) stop();
      connection.close();
    },
  };
}

function movingVideo() {
  const source = new RTCVideoSource();
  const data = new Uint8Array((width * height * 3) / 2);
  let count = 0;
  const timer = setInterval(() => {
    count += 1;
    data.fill(count % 256);
    source.onFrame({ width, height, data });
  }, frameMs);
  return { track: source.createTrack(), stop: () => clearInterval(timer) };
}

function tone() {
  const source = new RTCAudioSource();
  const numberOfFrames = (sampleRate * chunkMs) / 1_000;
  const samples = new Int16Array(numberOfFrames);
  let position = 0;
  const timer = setInterval(() => {
    for (let index = 0; index < numberOfFrames; index += 1, position += 1) {
      samples[index] = 8_000 * Math.sin((2 * Math.PI * toneHz * position) / sampleRate);
    }
    source.onData({ samples, sampleRate, bitsPerSample: 16, channelCount: 1, numberOfFrames });
  }, chunkMs);
  return { track: source.createTrack(), stop: () => clearInterval(timer) };
}

servePeers(createPeer);
