import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DecryptionContext } from '../media/media-encryption.ts';
import {
  FakeEncryptionWorker,
  FakeRtpTransceiver,
  type FakeScriptTransform,
  stubEncodedTransforms,
} from '../testing/fake-encryption-worker.ts';
import { createMediaEncryption, type MediaKeys } from './create-media-encryption.ts';

const secret = new Uint8Array(32).fill(1);
const otherSecret = new Uint8Array(32).fill(2);

let worker: FakeEncryptionWorker;
let encryption: MediaKeys;

beforeEach(() => {
  stubEncodedTransforms();
  worker = new FakeEncryptionWorker();
  encryption = createMediaEncryption({ worker: worker as unknown as Worker });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const closing = () => ({ closed: new AbortController().signal, onProblem: vi.fn<() => void>() });

/** The transform that a new sender gets. */
function protect(keys: MediaKeys, kind = 'audio', context = closing()): FakeScriptTransform {
  const transceiver = new FakeRtpTransceiver(kind);
  keys.protect(transceiver as unknown as RTCRtpTransceiver, context);
  return transformOf(transceiver.sender);
}

function open(keys: MediaKeys, context: DecryptionContext, kind = 'audio'): FakeScriptTransform {
  const { receiver } = new FakeRtpTransceiver(kind);
  keys.open(receiver as unknown as RTCRtpReceiver, context);
  return transformOf(receiver);
}

function transformOf({ transform }: { transform: FakeScriptTransform | undefined }): FakeScriptTransform {
  if (!transform) throw new Error('There is no transform.');
  return transform;
}

function watched(): DecryptionContext & { close: () => void; told: boolean[] } {
  const controller = new AbortController();
  const told: boolean[] = [];
  return {
    streamId: 'a stream',
    closed: controller.signal,
    onProblem: () => {},
    onDecryption: (isDecrypted) => told.push(isDecrypted),
    close: () => controller.abort(),
    told,
  };
}

const texts = ({ out }: FakeScriptTransform) => out.map(({ data }) => new TextDecoder().decode(data));

/** Somebody else, with a key. */
async function another(key: Uint8Array): Promise<MediaKeys> {
  const other = createMediaEncryption({ worker: new FakeEncryptionWorker() as unknown as Worker });
  await other.setKey(key);
  return other;
}

describe('between two with the same key', () => {
  test('what one sends the other gets, and nobody else', async () => {
    await encryption.setKey(secret);
    const sent = protect(encryption);
    await sent.put('hello');
    const [friend, stranger] = await Promise.all([another(secret), another(otherSecret)]);
    const [got, kept] = [open(friend, watched()), open(stranger, watched())];
    await got.putAll(sent);
    await kept.putAll(sent);
    expect(texts(sent)).not.toContain('hello');
    expect(texts(got)).toEqual(['hello']);
    expect(texts(kept)).toEqual([]);
  });

  test('a change of keys loses nothing, in whichever order they change', async () => {
    const friend = await another(secret);
    await encryption.setKey(secret);
    const sent = protect(encryption);
    const got = open(friend, watched());
    await sent.put('before');
    await friend.setKey(otherSecret, { keyIndex: 1 });
    await sent.put('between');
    await encryption.setKey(otherSecret, { keyIndex: 1 });
    await sent.put('after');
    await got.putAll(sent);
    expect(texts(got)).toEqual(['before', 'between', 'after']);
  });

  test('who has but a former key is shut out by one that keeps none', async () => {
    const former = await another(secret);
    await encryption.setKey(secret);
    await encryption.setKey(otherSecret, { keepFormer: false });
    const sent = protect(former);
    await sent.put('still here');
    const got = open(encryption, watched());
    await got.putAll(sent);
    expect(texts(got)).toEqual([]);
  });
});

test('without a key nothing is sent', async () => {
  const sent = protect(encryption);
  await sent.put('in the clear');
  expect(texts(sent)).toEqual([]);
});

test('the key that was set last is used, however long the others take to derive', async () => {
  const friend = await another(otherSecret);
  await Promise.all([encryption.setKey('a passphrase'), encryption.setKey(otherSecret)]);
  const sent = protect(encryption);
  await sent.put('hello');
  const got = open(friend, watched());
  await got.putAll(sent);
  expect(texts(got)).toEqual(['hello']);
});

describe('what cannot be decrypted', () => {
  test('is told once for the stream, kept as state, and told again when it works', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    await encryption.setKey(secret);
    const stranger = await another(otherSecret);
    const context = watched();
    const [sound, picture] = [open(encryption, context), open(encryption, context, 'video')];
    const [sentSound, sentPicture] = [protect(stranger), protect(stranger, 'video')];
    for (let round = 0; round < 3; round += 1) {
      await sentSound.put('tone');
      await sentPicture.put('picture');
      await sound.putAll(sentSound);
      await picture.putAll(sentPicture);
      vi.advanceTimersByTime(400);
    }
    expect(context.told).toEqual([false]);
    expect(encryption.undecryptedStreamIds).toEqual(['a stream']);

    await encryption.setKey(otherSecret);
    await sound.putAll(sentSound);
    expect(context.told).toEqual([false]);
    await picture.putAll(sentPicture);
    expect(context.told).toEqual([false, true]);
    expect(encryption.undecryptedStreamIds).toEqual([]);
    vi.useRealTimers();
  });

  test('is forgotten with its view, through which nothing comes any more', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    await encryption.setKey(secret);
    const context = watched();
    const got = open(encryption, context);
    await got.put('in the clear');
    vi.advanceTimersByTime(600);
    await got.put('in the clear');
    expect(encryption.undecryptedStreamIds).toEqual(['a stream']);
    context.close();
    expect(encryption.undecryptedStreamIds).toEqual([]);
    await got.closed;
    expect(context.told).toEqual([false]);
    vi.useRealTimers();
  });
});

describe('codecs', () => {
  test.each([
    ['video', ['video/VP8', 'video/rtx']],
    ['audio', ['audio/opus']],
  ])('of %s that are offered are those that can be encrypted', (kind, offered) => {
    const transceiver = new FakeRtpTransceiver(kind);
    encryption.protect(transceiver as unknown as RTCRtpTransceiver, closing());
    expect(transceiver.codecs.map(({ mimeType }) => mimeType)).toEqual(offered);
  });

  test('that were asked for and cannot be encrypted are refused', () => {
    expect(() => encryption.assertPublishable({ codec: 'H264' })).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_OPTIONS' }),
    );
    expect(() => encryption.assertPublishable({ codec: 'VP8' })).not.toThrow();
    expect(() => encryption.assertPublishable({})).not.toThrow();
  });
});

describe('a worker that cannot be started', () => {
  test('is told to whoever sends or receives already, and thrown at whoever wants to', async () => {
    const context = closing();
    protect(encryption, 'audio', context);
    protect(encryption, 'video', context);
    const setting = encryption.setKey(secret);
    worker.fail();
    const failure = expect.objectContaining({ code: 'ERR_MEDIA_ENCRYPTION' });
    await expect(setting).rejects.toEqual(failure);
    expect(context.onProblem.mock.calls).toEqual([[failure]]);
    expect(() => protect(encryption)).toThrow(failure);
    expect(() => open(encryption, watched())).toThrow(failure);
  });

  test('is an error at once where the browser says so at once', () => {
    class ForbiddenWorker extends EventTarget {
      constructor() {
        super();
        throw new DOMException('forbidden', 'SecurityError');
      }
    }
    vi.stubGlobal('Worker', ForbiddenWorker);
    expect(() => createMediaEncryption()).toThrow(expect.objectContaining({ code: 'ERR_MEDIA_ENCRYPTION' }));
  });
});

test('once closed it ends its worker and takes no key', async () => {
  const context = closing();
  protect(encryption, 'audio', context);
  {
    await using closed = encryption;
    await closed.setKey(secret);
  }
  await encryption.close();
  expect(worker.isTerminated).toBe(true);
  await expect(encryption.setKey(secret)).rejects.toMatchObject({ code: 'ERR_MEDIA_ENCRYPTION' });
  expect(context.onProblem).not.toHaveBeenCalled();
});

test.each([-1, 256, 1.5])('%d is no index of a key', async (keyIndex) => {
  await expect(encryption.setKey(secret, { keyIndex })).rejects.toMatchObject({
    code: 'ERR_INVALID_OPTIONS',
  });
});

describe('a browser', () => {
  test.each(['RTCRtpScriptTransform', 'Worker'])('without %s is refused', (name) => {
    vi.stubGlobal(name, undefined);
    expect(() => createMediaEncryption()).toThrow(
      expect.objectContaining({ code: 'ERR_UNSUPPORTED_BROWSER', missing: name }),
    );
  });

  test('that would take no notice of transforms, and so send in the clear, is refused', () => {
    vi.stubGlobal('RTCRtpSender', class OlderSender extends EventTarget {});
    expect(() => createMediaEncryption()).toThrow(
      expect.objectContaining({ code: 'ERR_UNSUPPORTED_BROWSER', missing: 'RTCRtpScriptTransform' }),
    );
  });

  test('on a page that is not secure, where there is no WebCrypto, is refused', () => {
    vi.stubGlobal('crypto', {});
    expect(() => createMediaEncryption()).toThrow(
      expect.objectContaining({ code: 'ERR_UNSUPPORTED_BROWSER', missing: 'crypto.subtle' }),
    );
  });
});
