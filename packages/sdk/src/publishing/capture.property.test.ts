import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { aTrack, fakeTracks, type FakeTrack } from '../../../testing/src/browser/fake-media.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import { broken, FakeServer, forbidden } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { selectOnHold } from '../conventions/hold.ts';
import type { StartMuted } from '../devices/media-source.ts';
import type { TrackKind } from '../stream-kinds.ts';
import { capturedTracks, useFakeBrowser } from '../testing/fake-browser.ts';
import { joinAs } from '../testing/join-as.ts';
import { pause } from '../waiting/pause.ts';
import type { PublishedStream } from './published-stream.ts';

type Outcome = 'done' | 'fails' | 'refused' | number;

/** Something done to one kind of the published stream. */
type Change =
  | { readonly do: 'mute'; readonly kind: TrackKind; readonly keepDevice: boolean }
  | { readonly do: 'unmute' | 'enable' | 'disable' | 'switch' | 'use own track'; readonly kind: TrackKind }
  | { readonly do: 'process' | 'do not process' | 'lose device'; readonly kind: TrackKind };

type Step =
  | Change
  | { readonly do: 'publish'; readonly muted: StartMuted }
  | { readonly do: 'unpublish' | 'hold' | 'resume' | 'set metadata' | 'drop us' | 'lose media' }
  | { readonly do: 'wait'; readonly ms: number };

const kind = fc.constantFrom<TrackKind>('audio', 'video');
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('publish' as const),
    muted: fc.constantFrom<StartMuted>(false, true, { audio: true }, { video: true }),
  }),
  fc.record({ do: fc.constant('mute' as const), kind, keepDevice: fc.boolean() }),
  ...(['unmute', 'enable', 'disable', 'switch', 'use own track'] as const).map((what) =>
    fc.record({ do: fc.constant(what), kind }),
  ),
  ...(['process', 'do not process', 'lose device'] as const).map((what) =>
    fc.record({ do: fc.constant(what), kind }),
  ),
  fc.record({
    do: fc.constantFrom(
      'unpublish' as const,
      'hold' as const,
      'resume' as const,
      'set metadata' as const,
      'drop us' as const,
      'lose media' as const,
    ),
  }),
  fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(0, 10, 400, 3_000) }),
);
const outcome: fc.Arbitrary<Outcome> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Outcome>('done') },
  { weight: 1, arbitrary: fc.constantFrom<Outcome>('fails', 'refused', 5, 300, 2_000, 20_000) },
);

const kinds = ['audio', 'video'] as const;

/** Failures are expected; what counts is what leaves. */
const ignore = () => {};

/** What the user asked for last, by everything that the app can call. */
type Wishes = Record<TrackKind, { isMuted: boolean; isEnabled: boolean; keepsDevice: boolean }>;

/** One call in which anything may fail or take time. Records each moment in which media leaves that should not. */
class Call {
  readonly server = new FakeServer();
  readonly leaks: string[] = [];
  ada: Conference | undefined;
  mine: PublishedStream | undefined;
  /** Whether a stream is being published or withdrawn. */
  isChanging = false;
  #wishes: Wishes = Call.#asPublished(false);
  #outcomes: readonly Outcome[];
  #next = 0;

  constructor(outcomes: readonly Outcome[]) {
    this.#outcomes = outcomes;
  }

  static #asPublished(muted: StartMuted): Wishes {
    const wish = (kind: TrackKind) => ({
      isMuted: muted === true || (typeof muted === 'object' && muted[kind] === true),
      isEnabled: true,
      keepsDevice: kind === 'audio',
    });
    return { audio: wish('audio'), video: wish('video') };
  }

  async join(): Promise<void> {
    const page = useFakeBrowser();
    const { getUserMedia } = page.navigator.mediaDevices ?? {};
    page.navigator.mediaDevices = {
      getUserMedia: async (constraints) => {
        await this.#happen(new DOMException('busy', 'NotReadableError'));
        if (!getUserMedia) throw new Error('There are no devices.');
        return getUserMedia(constraints);
      },
    };
    this.ada = await joinAs(this.server, 'ada');
    this.server.intercept = async ({ operation, command }) => {
      if (operation === 'getEvents' || operation === 'getConference') return;
      // An entry whose removal the server refuses has to stay.
      const isRemoval = (command as { readonly operation?: string }).operation === 'REMOVE';
      await this.#happen(broken(operation), isRemoval ? broken(operation) : forbidden(operation));
    };
  }

  /** The network, the server, the devices and the processors work from now on. */
  recover(): void {
    this.#outcomes = [];
  }

  /** Records which kinds leave although they must not. */
  look(when: string): void {
    const isHeld = this.ada && selectOnHold(this.ada.state.getSnapshot());
    for (const peer of FakePeerConnection.open) {
      for (const { kind, sender } of peer.getTransceivers()) {
        const isSent = sender.track?.readyState === 'live' && sender.track.enabled;
        const { isMuted, isEnabled } = this.#wishes[kind];
        if (isSent && (isMuted || !isEnabled || isHeld)) this.leaks.push(`${kind} after ${when}`);
      }
    }
  }

  do(step: Step): void {
    this.#take(step);
    this.look(step.do);
  }

  /** Live devices of a kind that were opened for us. */
  liveDevices(kind: TrackKind): readonly FakeTrack[] {
    return capturedTracks.filter((track) => track.kind === kind && track.readyState === 'live');
  }

  /** Whether the device of a kind may be open. */
  needsDevice(kind: TrackKind): boolean {
    const { isMuted, keepsDevice } = this.#wishes[kind];
    return !isMuted || keepsDevice;
  }

  async #happen(failure: Error, refusal: Error = failure): Promise<void> {
    this.look('a call');
    const outcome = this.#outcomes[this.#next % Math.max(1, this.#outcomes.length)] ?? 'done';
    this.#next += 1;
    if (outcome === 'fails') throw failure;
    if (outcome === 'refused') throw refusal;
    if (outcome !== 'done') await pause(outcome, new AbortController().signal);
    this.look('an answer');
  }

  #take(step: Step): void {
    const { ada, mine, server } = this;
    if (!ada) return;
    switch (step.do) {
      case 'publish':
        if (!mine && !this.isChanging) this.#publish(step.muted);
        return;
      case 'unpublish':
        if (mine) this.#unpublish(mine);
        return;
      case 'hold':
      case 'resume':
      case 'set metadata':
        if (server.conference) this.#setMetadata(step.do);
        return;
      case 'drop us':
        server.removeEndpoint(ada.endpointId);
        return;
      case 'lose media':
        server.loseMedia();
        return;
      case 'wait':
        return;
      default:
        if (mine) this.#change(mine, step);
    }
  }

  #publish(muted: StartMuted): void {
    this.isChanging = true;
    this.#wishes = Call.#asPublished(muted);
    const published = (stream: PublishedStream) => {
      this.mine = stream;
      this.isChanging = false;
    };
    this.ada
      ?.publishStream({ camera: true, microphone: true, muted })
      .then(published, () => (this.isChanging = false));
  }

  #unpublish(mine: PublishedStream): void {
    this.mine = undefined;
    this.isChanging = true;
    void mine.unpublish().then(() => (this.isChanging = false));
  }

  #setMetadata(what: 'hold' | 'resume' | 'set metadata'): void {
    const key = what === 'set metadata' ? 'topic' : 'ON_HOLD';
    const operation = what === 'resume' ? 'REMOVE' : 'SET';
    const who = { userId: 'bob', userEndpointId: 'bob' };
    this.server.append({ type: 'ConferenceMetadataUpdatedEvent', ...who, operation, key, value: 'true' });
  }

  #change(mine: PublishedStream, step: Change): void {
    const { kind } = step;
    const wish = this.#wishes[kind];
    const track = fakeTracks(mine.mediaStream).find((one) => one.kind === kind);
    const source = (source: true | MediaStreamTrack) =>
      kind === 'audio' ? { microphone: source } : { camera: source };
    switch (step.do) {
      case 'mute':
        Object.assign(wish, { isMuted: true, keepsDevice: step.keepDevice });
        mine.mute(kind, { keepDevice: step.keepDevice }).catch(ignore);
        break;
      case 'unmute':
        Object.assign(wish, { isMuted: false, isEnabled: true });
        mine.unmute(kind).catch(ignore);
        break;
      case 'enable':
      case 'disable':
        if (!track) return;
        wish.isEnabled = step.do === 'enable';
        track.enabled = wish.isEnabled;
        break;
      case 'switch':
        mine.switchTo(source(true)).catch(ignore);
        break;
      case 'use own track':
        mine.switchTo(source(aTrack(kind))).catch(ignore);
        break;
      case 'process':
        mine.setProcessor(kind, { process: (_track, signal) => this.#process(kind, signal) }).catch(ignore);
        break;
      case 'do not process':
        mine.setProcessor(kind, undefined).catch(ignore);
        break;
      case 'lose device':
        for (const device of this.liveDevices(kind)) device.endByBrowser();
    }
  }

  async #process(kind: TrackKind, signal: AbortSignal): Promise<MediaStreamTrack> {
    await this.#happen(new Error('no model'));
    const track = aTrack(kind);
    signal.addEventListener('abort', () => track.stop());
    return track;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  FakePeerConnection.open.clear();
});

it('sends only what the user asked for last, opens no device that nothing uses, and says truthfully what is muted', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 3, maxLength: 25 }),
      fc.array(outcome, { maxLength: 40 }),
      async (steps, outcomes) => {
        FakePeerConnection.open.clear();
        const call = new Call(outcomes);
        await call.join();
        call.do({ do: 'publish', muted: false });
        for (const step of steps) {
          call.do(step);
          await vi.advanceTimersByTimeAsync(step.do === 'wait' ? step.ms : 0);
          call.look('a while');
        }
        call.recover();
        await vi.advanceTimersByTimeAsync(60_000);
        call.look('all is well again');
        expect(call.leaks).toEqual([]);
        expectTruth(call);

        await call.ada?.leave();
        await vi.advanceTimersByTimeAsync(20_000);
        expect(capturedTracks.filter(({ readyState }) => readyState === 'live')).toEqual([]);
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

/** Compares the stream with its devices and with what the server tells all participants. */
function expectTruth(call: Call): void {
  const { mine, server } = call;
  const isOpen = mine !== undefined && mine.connectionState !== 'closed';
  for (const kind of kinds) {
    expect(call.liveDevices(kind).length).toBeLessThanOrEqual(isOpen && call.needsDevice(kind) ? 1 : 0);
    if (!isOpen || !server.conference) continue;
    const isAnnounced = Object.hasOwn(server.conference.metadata, `TRACK_MUTED/${kind}/${mine.id}`);
    expect({ kind, isMuted: isAnnounced }).toEqual({ kind, isMuted: mine.isMuted(kind) });
  }
  // Outside the conference, nothing can be removed.
  if (call.ada?.state.getSnapshot().connection !== 'connected') return;
  const entries = Object.keys(server.conference?.metadata ?? {}).filter((key) =>
    key.startsWith('TRACK_MUTED'),
  );
  expect(entries.filter((key) => !isOpen || !key.endsWith(mine.id))).toEqual([]);
}
