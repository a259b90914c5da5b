/**
 * Tools inside a page to prove that media arrives: video that encodes who drew it and when, a tone, and readers for both.
 * `installMediaProbe` is passed to the browser as text, so it must not use anything outside itself.
 */
interface MediaProbe {
  /**
   * A stream with a bar code of `id` and the time as video, and one tone as audio. A noisy one has a band of noise across the
   * video, so that each frame takes many packets.
   */
  source(options: {
    id: number;
    toneHz?: number;
    width?: number;
    height?: number;
    frameRate?: number;
    isNoisy?: boolean;
  }): MediaStream;
  /** Reads the bar code from the current frame of `stream`; undefined if it shows none. */
  readVideo(stream: MediaStream): Promise<{ id: number; delayMs: number } | undefined>;
  /** The same for an element of the page. */
  readElement(video: HTMLVideoElement): { id: number; delayMs: number } | undefined;
  /** The loudest frequency of `stream`, in hertz; 0 for silence. */
  loudestHz(stream: MediaStream): Promise<number>;
  /** All of the page's peer connections, in the order they were opened. */
  peerConnections(): readonly RTCPeerConnection[];
  /** Bytes of this kind received on all open connections. */
  bytesReceived(kind: 'audio' | 'video'): Promise<number>;
  /** Number of open peer connections of this page. */
  openPeerConnections(): number;
  /** Number of peer connections that this page has ever opened. */
  peerConnectionsEver(): number;
}

declare global {
  interface Window {
    readonly probe: MediaProbe;
  }
}

export function installMediaProbe(): void {
  // 8 bits of id and 24 bits of milliseconds as 32 bars. Below them are the same bars inverted, to validate a reading.
  const bars = 32;
  const clockMask = 0xff_ff_ff;
  const clockMs = (): number => Math.floor(performance.timeOrigin + performance.now()) & clockMask;

  const peers: RTCPeerConnection[] = [];
  const Native = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Native {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      peers.push(this);
    }
  };

  const noiseCanvas = document.createElement('canvas');
  const audioContexts: AudioContext[] = [];
  const videos = new Map<MediaStream, HTMLVideoElement>();
  const analysers = new Map<MediaStream, AnalyserNode>();

  function draw(context: CanvasRenderingContext2D, id: number): void {
    const { width, height } = context.canvas;
    const code = ((id & 0xff) * 2 ** 24 + clockMs()) >>> 0;
    for (let bar = 0; bar < bars; bar += 1) {
      const isWhite = ((code >>> (bars - 1 - bar)) & 1) === 1;
      const x = (bar * width) / bars;
      context.fillStyle = isWhite ? '#fff' : '#000';
      context.fillRect(x, 0, width / bars + 1, height / 2);
      context.fillStyle = isWhite ? '#000' : '#fff';
      context.fillRect(x, height / 2, width / bars + 1, height / 2);
    }
  }

  /** Draws between the places where the bars are read. */
  function drawNoise(context: CanvasRenderingContext2D): void {
    const { width, height } = context.canvas;
    const blockPx = 20;
    const noise = new ImageData(Math.ceil(width / blockPx), Math.ceil(height / 3 / blockPx));
    for (let at = 0; at < noise.data.length; at += 4) {
      noise.data.fill(Math.random() * 255, at, at + 3);
      noise.data[at + 3] = 255;
    }
    noiseCanvas.width = noise.width;
    noiseCanvas.height = noise.height;
    noiseCanvas.getContext('2d')?.putImageData(noise, 0, 0);
    context.drawImage(noiseCanvas, 0, height / 3, width, height / 3);
  }

  function decode(context: CanvasRenderingContext2D): { id: number; delayMs: number } | undefined {
    const { width, height } = context.canvas;
    const luminanceAt = (x: number, y: number): number => {
      const [red = 0, green = 0, blue = 0] = context.getImageData(Math.floor(x), Math.floor(y), 1, 1).data;
      return (red + green + blue) / 3;
    };
    let code = 0;
    for (let bar = 0; bar < bars; bar += 1) {
      const x = ((bar + 0.5) * width) / bars;
      const upper = luminanceAt(x, height / 4);
      const lower = luminanceAt(x, (3 * height) / 4);
      if (Math.abs(upper - lower) < 60) return undefined;
      code = code * 2 + (upper > lower ? 1 : 0);
    }
    // No participant has such an id; it is a picture that is bright on one side.
    if (code === 0 || code === 2 ** bars - 1) return undefined;
    const delayMs = (clockMs() - (code & clockMask)) & clockMask;
    return { id: Math.floor(code / 2 ** 24), delayMs };
  }

  function readElement(video: HTMLVideoElement): { id: number; delayMs: number } | undefined {
    const { videoWidth: width, videoHeight: height } = video;
    if (width === 0) return undefined;
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d', { willReadFrequently: true });
    if (!context) throw new Error('This browser has no 2D canvas.');
    context.drawImage(video, 0, 0);
    return decode(context);
  }

  const probe: MediaProbe = {
    source({ id, toneHz, width = 640, height = 360, frameRate = 30, isNoisy = false }) {
      const canvas = Object.assign(document.createElement('canvas'), { width, height });
      const context = canvas.getContext('2d');
      if (!context) throw new Error('This browser has no 2D canvas.');
      const drawFrame = (): void => {
        draw(context, id);
        if (isNoisy) drawNoise(context);
      };
      drawFrame();
      setInterval(drawFrame, 1000 / frameRate);
      const stream = canvas.captureStream(frameRate);
      if (toneHz !== undefined) {
        const audio = new AudioContext();
        audioContexts.push(audio);
        const oscillator = new OscillatorNode(audio, { frequency: toneHz });
        const destination = audio.createMediaStreamDestination();
        oscillator.connect(new GainNode(audio, { gain: 0.5 })).connect(destination);
        oscillator.start();
        for (const track of destination.stream.getAudioTracks()) stream.addTrack(track);
      }
      return stream;
    },

    async readVideo(stream) {
      let video = videos.get(stream);
      if (!video) {
        video = Object.assign(document.createElement('video'), { muted: true, srcObject: stream });
        videos.set(stream, video);
      }
      // Not awaited: `play` waits for a first frame, and a stream that never shows one must fail a test, not stop it.
      if (video.paused) void video.play().catch(() => undefined);
      return readElement(video);
    },

    readElement,

    async loudestHz(stream) {
      let analyser = analysers.get(stream);
      if (!analyser) {
        const audio = new AudioContext();
        audioContexts.push(audio);
        // Chromium feeds a remote track to Web Audio only while an element plays it.
        const sink = Object.assign(new Audio(), { muted: true, srcObject: stream });
        void sink.play().catch(() => undefined);
        analyser = new AnalyserNode(audio, { fftSize: 8192, smoothingTimeConstant: 0 });
        audio.createMediaStreamSource(stream).connect(analyser);
        analysers.set(stream, analyser);
      }
      const levels = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(levels);
      const loudest = levels.reduce(
        (best, level, bin) => (level > (levels[best] ?? -Infinity) ? bin : best),
        0,
      );
      if ((levels[loudest] ?? -Infinity) < -60) return 0;
      return (loudest * analyser.context.sampleRate) / analyser.fftSize;
    },

    peerConnections: () => peers,
    async bytesReceived(kind) {
      const open = peers.filter(({ connectionState }) => connectionState !== 'closed');
      const reports = await Promise.all(open.map((peer) => peer.getStats()));
      let bytes = 0;
      for (const report of reports) {
        report.forEach((stats: Partial<RTCInboundRtpStreamStats>) => {
          if (stats.type === 'inbound-rtp' && stats.kind === kind) bytes += stats.bytesReceived ?? 0;
        });
      }
      return bytes;
    },

    openPeerConnections: () => peers.filter(({ connectionState }) => connectionState !== 'closed').length,
    peerConnectionsEver: () => peers.length,
  };
  Object.assign(window, { probe });
}
