import { UnsupportedBrowserError, type TrackProcessor } from '@parley-rtc/sdk';
import { assetUrls, noiseAssets } from './asset-names.ts';
import { ProcessorFailedError } from './errors/processor-errors.ts';
import { createNoiseNode, sampleRateHz } from './noise/create-noise-node.ts';

export interface NoiseSuppressionOptions {
  /**
   * URL of the folder that `parley-processors copy-assets` filled, such as `/processors/`. It must be on the page's own origin
   * or allow it by CORS.
   */
  readonly assets: string | URL;
}

/**
 * Suppresses noise in a microphone with RNNoise, for `published.setProcessor('audio', …)`. The result is mono and about 50 ms late.
 * Turn off the browser's own suppression, which would distort speech a second time: `microphone: { noiseSuppression: false }`.
 *
 * `setProcessor` rejects with ProcessorAssetsError (`ERR_PROCESSOR_ASSETS`) when a file is missing, and with
 * UnsupportedBrowserError (`ERR_UNSUPPORTED_BROWSER`). If the suppression fails later, the track ends: the event `error` reports
 * `ERR_TRACK_ENDED`.
 */
export function noiseSuppression({ assets }: NoiseSuppressionOptions): TrackProcessor {
  return {
    async process(track, signal) {
      if (typeof AudioWorkletNode === 'undefined') throw new UnsupportedBrowserError('AudioWorklet');
      // The browser converts a microphone with another sample rate.
      const context = new AudioContext({ sampleRate: sampleRateHz, latencyHint: 'interactive' });
      signal.addEventListener('abort', () => void context.close());
      const node = await createNoiseNode(context, assetUrls(assets, noiseAssets), signal);
      const source = sourceOf(track, context);
      const destination = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
      source.connect(node).connect(destination);
      const [output] = destination.stream.getAudioTracks();
      if (!output) throw new UnsupportedBrowserError('MediaStreamAudioDestinationNode');
      const stop = () => output.stop();
      signal.addEventListener('abort', stop);
      // Parley notices a track that has ended, but not one that is silent.
      node.addEventListener('processorerror', stop);
      await keepRunning(context, signal);
      return output;
    },
  };
}

function sourceOf(track: MediaStreamTrack, context: AudioContext): MediaStreamAudioSourceNode {
  try {
    return new MediaStreamAudioSourceNode(context, { mediaStream: new MediaStream([track]) });
  } catch (cause) {
    // Older versions of Firefox do not convert it.
    throw new ProcessorFailedError(
      'This browser cannot process audio of this sample rate.',
      'Publish without noise suppression, or use a microphone and speakers with 48 kHz.',
      { cause },
    );
  }
}

/** Starts the context, and starts it again after the system has interrupted it, for example for a phone call. */
async function keepRunning(context: AudioContext, signal: AbortSignal): Promise<void> {
  context.addEventListener('statechange', () => {
    if (!signal.aborted && context.state !== 'running') context.resume().catch(() => {});
  });
  await context.resume();
}
export { ProcessorAssetsError, ProcessorFailedError } from './errors/processor-errors.ts';
