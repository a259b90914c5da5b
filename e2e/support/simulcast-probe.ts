/** A page's statistics about the video that it decodes. */
interface VideoFacts {
  readonly heightPx: number;
  readonly framesDecoded: number;
}

interface SimulcastProbe {
  /**
   * Moving video at 15 frames per second. Noise cannot be compressed; a grain larger than one pixel makes it compressible
   * like camera video. Optionally with a tone.
   */
  source(options: {
    width: number;
    height: number;
    isNoisy: boolean;
    grainPx?: number;
    hasTone?: boolean;
  }): MediaStream;
  /** The newest peer connection of the page. */
  peer(): RTCPeerConnection;
  video(): Promise<VideoFacts>;
  /** Records the times between frames of `stream` from now on, in milliseconds. The returned function returns them. */
  watchGaps(stream: MediaStream): () => number[];
}

declare global {
  /** Chromium has it in windows, but TypeScript's DOM library does not. */
  const MediaStreamTrackProcessor: new (options: { track: MediaStreamTrack }) => {
    readonly readable: ReadableStream<VideoFrame>;
  };
  interface Window {
    readonly simulcast: SimulcastProbe;
    stopWatching: () => number[];
  }
}

/** Passed to the browser as text, so it must not use anything outside itself. */
export function installSimulcastProbe(layers: readonly RTCRtpEncodingParameters[]): void {
  const peers: RTCPeerConnection[] = [];
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      peers.push(this);
    }

    override addTransceiver(
      trackOrKind: MediaStreamTrack | string,
      init: RTCRtpTransceiverInit = {},
    ): RTCRtpTransceiver {
      const isVideo = trackOrKind instanceof MediaStreamTrack && trackOrKind.kind === 'video';
      const sendEncodings = layers.map((layer) => ({ ...layer }));
      return super.addTransceiver(
        trackOrKind,
        isVideo && layers.length > 0 ? { ...init, sendEncodings } : init,
      );
    }
  };

  const peer = (): RTCPeerConnection => {
    const newest = peers.at(-1);
    if (!newest) throw new Error('This page has opened no peer connection.');
    return newest;
  };

  const tone = (): MediaStreamTrack => {
    const context = new AudioContext();
    const destination = context.createMediaStreamDestination();
    const oscillator = context.createOscillator();
    oscillator.connect(destination);
    oscillator.start();
    const [track] = destination.stream.getAudioTracks();
    if (!track) throw new Error('This browser created no audio track.');
    return track;
  };

  const probe: SimulcastProbe = {
    source({ width, height, isNoisy, grainPx = 1, hasTone = false }) {
      const canvas = Object.assign(document.createElement('canvas'), { width, height });
      const tile = new OffscreenCanvas(width, height);
      const [context, tileContext] = [canvas.getContext('2d'), tile.getContext('2d')];
      if (!context || !tileContext) throw new Error('This browser has no 2D canvas.');
      const image = tileContext.createImageData(width, height);
      const grains = Array.from({ length: width * height }, () => Math.random() * 256);
      const noiseAt = (index: number): number => {
        const pixel = index >> 2;
        const [x, y] = [Math.floor((pixel % width) / grainPx), Math.floor(pixel / width / grainPx)];
        return grains[(y * width + x * 4 + (index & 3)) % grains.length] ?? 0;
      };
      for (let index = 0; index < image.data.length; index += 1) {
        const value = isNoisy ? noiseAt(index) : (index >> 9) & 0xff;
        image.data[index] = index % 4 === 3 ? 255 : value;
      }
      tileContext.putImageData(image, 0, 0);
      let frame = 0;
      const draw = (): void => {
        frame += 1;
        const x = (frame * 7) % width;
        const y = isNoisy ? (frame * 211) % height : 0;
        for (const left of [x - width, x]) {
          for (const top of isNoisy ? [y - height, y] : [0]) context.drawImage(tile, left, top);
        }
      };
      draw();
      setInterval(draw, 1_000 / 15);
      const mediaStream = canvas.captureStream(15);
      if (hasTone) mediaStream.addTrack(tone());
      return mediaStream;
    },

    peer,

    async video() {
      for (const report of (await peer().getStats()).values()) {
        const { type, kind, frameHeight = 0, framesDecoded = 0 } = report as RTCInboundRtpStreamStats;
        if (type === 'inbound-rtp' && kind === 'video') return { heightPx: frameHeight, framesDecoded };
      }
      return { heightPx: 0, framesDecoded: 0 };
    },

    watchGaps(stream) {
      const [track] = stream.getVideoTracks();
      if (!track) throw new Error('The stream has no video.');
      // Not requestVideoFrameCallback, which depends on the page's rendering and rarely fires in a hidden page.
      const reader = new MediaStreamTrackProcessor({ track }).readable.getReader();
      const gapsMs: number[] = [];
      const read = async (): Promise<void> => {
        let lastMs: number | undefined;
        for (;;) {
          const { done, value: frame } = await reader.read();
          if (done) return;
          frame.close();
          const nowMs = performance.now();
          if (lastMs !== undefined) gapsMs.push(nowMs - lastMs);
          lastMs = nowMs;
        }
      };
      void read();
      return () => gapsMs;
    },
  };
  Object.assign(window, { simulcast: probe });
}
