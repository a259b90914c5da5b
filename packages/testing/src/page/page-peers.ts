import { replaceProperty } from '../browser/replace-property.ts';

/** How long a browser reports `disconnected` before it reports `failed`. */
const failsAfterMs = 15_000;

/** A connection that a plan broke says something else now. */
export interface PeerChange {
  readonly direction: 'publish' | 'view';
  readonly state: RTCPeerConnectionState;
}

interface BreakablePeer {
  readonly direction: 'publish' | 'view';
  breakOff(how: 'disconnected' | 'failed'): void;
  recover(): void;
}

/**
 * The peer connections of a page, which can say that they are broken. A page cannot stop packets, so media keep flowing; everything
 * that follows from what they say is real, such as the new path that the SDK negotiates with the server.
 */
export class PagePeers {
  readonly #open = new Set<BreakablePeer>();
  readonly #restore: () => void;

  /** Follows the connections that are created from now on. */
  constructor(onChange: (change: PeerChange) => unknown) {
    const Original = globalThis.RTCPeerConnection as typeof RTCPeerConnection | undefined;
    this.#restore = Original
      ? replaceProperty(globalThis, 'RTCPeerConnection', breakable(Original, this.#open, onChange))
      : () => {};
  }

  breakOff(how: 'disconnected' | 'failed', direction?: 'publish' | 'view'): void {
    for (const peer of this.#of(direction)) peer.breakOff(how);
  }

  recover(direction?: 'publish' | 'view'): void {
    for (const peer of this.#of(direction)) peer.recover();
  }

  /** Connections that exist stay breakable for as long as they live. */
  close(): void {
    this.recover();
    this.#restore();
  }

  #of(direction: 'publish' | 'view' | undefined): readonly BreakablePeer[] {
    return Array.from(this.#open).filter((peer) => direction === undefined || peer.direction === direction);
  }
}

function breakable(
  Original: typeof RTCPeerConnection,
  open: Set<BreakablePeer>,
  onChange: (change: PeerChange) => unknown,
): typeof RTCPeerConnection {
  return class BreakablePeerConnection extends Original implements BreakablePeer {
    #reported: 'disconnected' | 'failed' | undefined;
    #failing: ReturnType<typeof setTimeout> | undefined;

    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      open.add(this);
    }

    get direction(): 'publish' | 'view' {
      return this.getTransceivers().some(({ direction }) => direction === 'recvonly') ? 'view' : 'publish';
    }

    override get connectionState(): RTCPeerConnectionState {
      const state = super.connectionState;
      return state === 'closed' ? state : (this.#reported ?? state);
    }

    override get iceConnectionState(): RTCIceConnectionState {
      const state = super.iceConnectionState;
      return state === 'closed' ? state : (this.#reported ?? state);
    }

    override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      await super.setRemoteDescription(description);
      // An answer brings a new path.
      this.#report(undefined);
    }

    override close(): void {
      clearTimeout(this.#failing);
      open.delete(this);
      super.close();
    }

    breakOff(how: 'disconnected' | 'failed'): void {
      // What never connected cannot break.
      if (!['connected', 'disconnected'].includes(this.connectionState)) return;
      this.#report(how);
      if (how === 'disconnected') this.#failing = setTimeout(() => this.#report('failed'), failsAfterMs);
    }

    recover(): void {
      if (this.#reported === 'disconnected') this.#report(undefined);
    }

    #report(reported: 'disconnected' | 'failed' | undefined): void {
      clearTimeout(this.#failing);
      if (reported === this.#reported) return;
      this.#reported = reported;
      for (const type of ['iceconnectionstatechange', 'connectionstatechange'])
        this.dispatchEvent(new Event(type));
      onChange({ direction: this.direction, state: this.connectionState });
    }
  };
}
