import { beforeEach, describe, expect, it } from 'vitest';
import { fakeTracks } from '../../../testing/src/browser/fake-media.ts';
import { FakePeerConnection } from '../../../testing/src/browser/fake-peer-connection.ts';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import { MediaEncryptionError } from '../errors/media-encryption-error.ts';
import type {
  DecryptionContext,
  EncryptionContext,
  MediaEncryption,
} from '../publishing/media-encryption.ts';
import { capturedStreams } from '../testing/fake-browser.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

/** Records which senders and receivers encryption received, and whether each has closed. */
let ends: { readonly end: unknown; readonly context: EncryptionContext | DecryptionContext }[];
let refusal: Error | undefined;
beforeEach(() => {
  ends = [];
  refusal = undefined;
});

const encryption: MediaEncryption = {
  assertPublishable: () => {
    if (refusal) throw refusal;
  },
  protect: ({ sender }, context) => void ends.push({ end: sender, context }),
  open: (receiver, context) => void ends.push({ end: receiver, context }),
  seal: (content) => Promise.resolve(content),
  unseal: (sealed) => Promise.resolve(sealed),
};

const peers = () => [...FakePeerConnection.open];
const closedEnds = () => ends.map(({ context }) => context.closed.aborted);
/** Reports to the conference whether a viewed stream can be decrypted. */
function reportDecryption(isDecrypted: boolean): void {
  for (const { context } of ends) if ('onDecryption' in context) context.onDecryption(isDecrypted);
}

describe('a conference with encryption', () => {
  it('passes it every sender before the first offer, until the stream closes', async () => {
    const ada = await joinAs(server, 'ada', { encryption });
    server.intercept = ({ operation }) => {
      if (operation === 'publishStream') expect(ends).toHaveLength(2);
    };
    const mine = await ada.publishStream({ camera: true, microphone: true });
    expect(ends.map(({ end }) => end)).toEqual(peers().flatMap((peer) => peer.getSenders()));
    expect(closedEnds()).toEqual([false, false]);
    await mine.unpublish();
    expect(closedEnds()).toEqual([true, true]);
  });

  it('passes it the senders of a stream that is published again over another connection', async () => {
    const ada = await joinAs(server, 'ada', { encryption });
    await ada.publishStream({ camera: true, microphone: true });
    server.loseMedia();
    await settle();
    expect(ends).toHaveLength(4);
    expect(ends.slice(2).map(({ end }) => end)).toEqual(peers().flatMap((peer) => peer.getSenders()));
    await ada.leave();
    expect(closedEnds()).toEqual([true, true, true, true]);
  });

  it('passes it every receiver with its stream, until the view closes', async () => {
    const ada = await joinAs(server, 'ada', { encryption });
    const bob = await joinAs(server, 'bob');
    const { id } = await bob.publishStream({ camera: true, microphone: true });
    await settle();
    const view = await ada.viewStream(id);
    expect(ends.map(({ end }) => end)).toEqual(peers().at(-1)?.getReceivers());
    expect(ends.map(({ context }) => context)).toMatchObject([{ streamId: id }, { streamId: id }]);
    await view.stop();
    expect(closedEnds()).toEqual([true, true]);
  });

  it('sends nothing when the sender cannot be protected', async () => {
    const failing: MediaEncryption = {
      ...encryption,
      protect: () => {
        throw new MediaEncryptionError('The worker has failed.', 'Allow it.');
      },
    };
    const ada = await joinAs(server, 'ada', { encryption: failing });
    await expect(ada.publishStream({ camera: true })).rejects.toMatchObject({ code: 'ERR_MEDIA_ENCRYPTION' });
    expect(server.callsOf('publishStream')).toEqual([]);
    expect(FakePeerConnection.open.size).toBe(0);
    expect(capturedStreams.flatMap(fakeTracks).map(({ readyState }) => readyState)).toEqual(['ended']);
  });

  it('refuses what cannot be encrypted before any device is opened', async () => {
    const ada = await joinAs(server, 'ada', { encryption });
    refusal = new Error('not this one');
    await expect(ada.publishStream({ camera: true, codec: 'AV1' })).rejects.toMatchObject({ cause: refusal });
    expect(capturedStreams).toEqual([]);
  });

  it('announces which stream cannot be decrypted, and when it can be again', async () => {
    const ada = await joinAs(server, 'ada', { encryption });
    const bob = await joinAs(server, 'bob');
    const { id } = await bob.publishStream({ microphone: true });
    await settle();
    const heard = listenTo(ada);
    await settle();
    await ada.viewStream(id);
    reportDecryption(false);
    reportDecryption(true);
    expect(heard.slice(-2)).toEqual([
      "decryption-changed bob's MIC false",
      "decryption-changed bob's MIC true",
    ]);
  });

  it('announces nothing about a stream that is gone', async () => {
    const ada = await joinAs(server, 'ada', { encryption });
    const bob = await joinAs(server, 'bob');
    const { id } = await bob.publishStream({ microphone: true });
    await settle();
    await ada.viewStream(id);
    await bob.leave();
    await settle();
    const heard = listenTo(ada);
    reportDecryption(false);
    expect(heard).toEqual([]);
  });
});
