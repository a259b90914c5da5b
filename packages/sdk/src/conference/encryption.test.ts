import { beforeEach, describe, expect, test } from 'vitest';
import { MediaEncryptionError } from '../errors/media-encryption-error.ts';
import type { DecryptionContext, EncryptionContext, MediaEncryption } from '../media/media-encryption.ts';
import { capturedStreams } from '../testing/fake-browser.ts';
import { FakePeerConnection } from '../testing/fake-peer-connection.ts';
import type { FakeServer } from '../testing/fake-server.ts';
import { fakeTracks } from '../testing/fake-media.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

let server: FakeServer;

useFakeConference((fakes) => {
  ({ server } = fakes);
});

/** What was handed to encryption: which ends, and until when. */
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
};

const peers = () => [...FakePeerConnection.open];
const closedEnds = () => ends.map(({ context }) => context.closed.aborted);
/** Tells what encryption finds out about the streams in view. */
function tell(isDecrypted: boolean): void {
  for (const { context } of ends) if ('onDecryption' in context) context.onDecryption(isDecrypted);
}

describe('a conference with encryption', () => {
  test('hands it every sender before anything is offered, and until the stream is closed', async () => {
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

  test('hands it the senders of a stream that is published again over another connection', async () => {
    const ada = await joinAs(server, 'ada', { encryption });
    await ada.publishStream({ camera: true, microphone: true });
    server.loseMedia();
    await settle();
    expect(ends).toHaveLength(4);
    expect(ends.slice(2).map(({ end }) => end)).toEqual(peers().flatMap((peer) => peer.getSenders()));
    await ada.leave();
    expect(closedEnds()).toEqual([true, true, true, true]);
  });

  test('hands it every receiver with the stream that it belongs to, and until the view is closed', async () => {
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

  test('sends nothing when the sender cannot be protected', async () => {
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

  test('refuses what cannot be encrypted before any device is opened', async () => {
    const ada = await joinAs(server, 'ada', { encryption });
    refusal = new Error('not this one');
    await expect(ada.publishStream({ camera: true, codec: 'AV1' })).rejects.toBe(refusal);
    expect(capturedStreams).toEqual([]);
  });

  test('tells whose stream cannot be decrypted, and that it can be again', async () => {
    const ada = await joinAs(server, 'ada', { encryption });
    const bob = await joinAs(server, 'bob');
    const { id } = await bob.publishStream({ microphone: true });
    await settle();
    const heard = listenTo(ada);
    await settle();
    await ada.viewStream(id);
    tell(false);
    tell(true);
    expect(heard.slice(-2)).toEqual([
      "decryption-changed bob's MIC false",
      "decryption-changed bob's MIC true",
    ]);
  });

  test('tells nothing of a stream that is gone', async () => {
    const ada = await joinAs(server, 'ada', { encryption });
    const bob = await joinAs(server, 'bob');
    const { id } = await bob.publishStream({ microphone: true });
    await settle();
    await ada.viewStream(id);
    await bob.leave();
    await settle();
    const heard = listenTo(ada);
    tell(false);
    expect(heard).toEqual([]);
  });
});
