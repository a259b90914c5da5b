/** The part of Web Audio that measures how loud a track is, for pages without it. All tracks are as loud as `level` says. */
export function silentAudioContexts(level: () => number): unknown {
  return class SilentAudioContext extends EventTarget {
    state: AudioContextState = 'running';
    readonly currentTime: number = 0;
    readonly destination: object = {};

    createAnalyser(): object {
      return {
        fftSize: 2048,
        getFloatTimeDomainData: (samples: Float32Array) => void samples.fill(level()),
        connect: () => {},
        disconnect: () => {},
      };
    }

    createMediaStreamSource(): object {
      return { connect: () => {}, disconnect: () => {} };
    }

    async resume(): Promise<void> {
      this.state = 'running';
    }

    async close(): Promise<void> {
      this.state = 'closed';
    }
  };
}
