import { vi } from 'vitest';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { Deferred } from './deferred.ts';

type SlowStep = 'createOffer' | 'setLocalDescription' | 'setRemoteDescription' | 'setParameters';

export interface HeldStep {
  /** Resolves when a connection has reached the step. */
  readonly reached: Promise<void>;
  readonly release: () => void;
}

/** Makes new connections wait at `step` until it is released. */
export function holdStep(step: SlowStep): HeldStep {
  const reached = new Deferred<void>();
  const gate = new Deferred<void>();
  const wait = async (at: SlowStep) => {
    if (at !== step) return;
    reached.resolve();
    await gate.promise;
  };
  class SlowPeerConnection extends FakePeerConnection {
    override async createOffer(options?: RTCOfferOptions): Promise<RTCSessionDescriptionInit> {
      await wait('createOffer');
      return super.createOffer(options);
    }

    override async setLocalDescription(description: RTCSessionDescriptionInit): Promise<void> {
      await wait('setLocalDescription');
      await super.setLocalDescription(description);
    }

    override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      await wait('setRemoteDescription');
      await super.setRemoteDescription(description);
    }

    override addTransceiver(
      ...transceiver: Parameters<FakePeerConnection['addTransceiver']>
    ): ReturnType<FakePeerConnection['addTransceiver']> {
      const added = super.addTransceiver(...transceiver);
      const { sender } = added;
      const setParameters = sender.setParameters.bind(sender);
      sender.setParameters = async (parameters) => {
        await wait('setParameters');
        await setParameters(parameters);
      };
      return added;
    }
  }
  vi.stubGlobal('RTCPeerConnection', SlowPeerConnection);
  return { reached: reached.promise, release: () => gate.resolve() };
}
