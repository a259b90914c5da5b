import { FakePageStream } from '../media/fake-page-stream.ts';
import { connectedPeerConnections } from './connected-peer-connection.ts';
import { FakeMediaDevices } from './fake-media-devices.ts';
import { MediaLinks } from './media-links.ts';
import { OnlineStatus } from './online-status.ts';
import { playSilently } from './play-silently.ts';
import { replaceProperty } from './replace-property.ts';
import { silentAudioContexts } from './silent-audio-context.ts';

/** What replaces devices, peer connections and the network of a page. */
export class FakeBrowser {
  static #installed: { readonly browser: FakeBrowser; users: number; restore: () => void } | undefined;
  readonly devices: FakeMediaDevices = new FakeMediaDevices();
  readonly links: MediaLinks = new MediaLinks();
  readonly online: OnlineStatus = new OnlineStatus();

  /**
   * Returns the fake browser of this page, and installs it for the first user. What the page lacks, such as `MediaStream` in
   * Node, is added; devices and peer connections are replaced.
   */
  static use(): FakeBrowser {
    FakeBrowser.#installed ??= install();
    FakeBrowser.#installed.users += 1;
    return FakeBrowser.#installed.browser;
  }

  /** Restores the page after its last user. */
  static release(): void {
    const installed = FakeBrowser.#installed;
    if (!installed) return;
    installed.users -= 1;
    if (installed.users > 0) return;
    FakeBrowser.#installed = undefined;
    installed.browser.online.set(true);
    installed.browser.devices.close();
    installed.restore();
  }
}

function install(): { readonly browser: FakeBrowser; users: number; restore: () => void } {
  const browser = new FakeBrowser();
  const { devices, links } = browser;
  const ownLevel = () => devices.level();
  const restores = [
    replaceProperty(globalThis, 'RTCPeerConnection', connectedPeerConnections({ links, ownLevel })),
    replaceProperty(globalThis.navigator, 'mediaDevices', devices),
    ...(globalThis.isSecureContext ? [] : [replaceProperty(globalThis, 'isSecureContext', true)]),
    ...(typeof MediaStream === 'function' ? [] : fillGaps(ownLevel)),
  ];
  return { browser, users: 0, restore: () => restores.toReversed().forEach((restore) => restore()) };
}

/** What a page without media lacks, such as one of jsdom. */
function fillGaps(ownLevel: () => number): readonly (() => void)[] {
  const hasPage = typeof document === 'object';
  return [
    replaceProperty(globalThis, 'MediaStream', FakePageStream),
    playSilently(),
    ...(typeof AudioContext === 'function'
      ? []
      : [replaceProperty(globalThis, 'AudioContext', silentAudioContexts(ownLevel))]),
    ...(hasPage && typeof matchMedia !== 'function'
      ? [replaceProperty(globalThis, 'matchMedia', neverMatches)]
      : []),
  ];
}

/** A media query that never matches. */
function neverMatches(media: string): object {
  return Object.assign(new EventTarget(), { matches: false, media });
}
