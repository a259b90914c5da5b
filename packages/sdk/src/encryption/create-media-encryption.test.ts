import type { Log } from '@parley-rtc/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DecryptionContext } from '../publishing/media-encryption.ts';
import {
  FakeEncryptionWorker,
  FakeRtpTransceiver,
  stubEncodedTransforms,
  type FakeScriptTransform,
} from '../testing/fake-encryption-worker.ts';
import {
  createMediaEncryption,
  type MediaEncryptionOptions,
  type MediaKeys,
} from './create-media-encryption.ts';

const secret = new Uint8Array(32).fill(1);
const salt = 'a salt';
const conferenceId = 'c-1';
const otherSecret = new Uint8Array(32).fill(2);

let worker: FakeEncryptionWorker;
let encryption: MediaKeys;

beforeEach(() => {
  stubEncodedTransforms();
  worker = new FakeEncryptionWorker();
  encryption = createMediaEncryption({ salt, worker: worker as unknown as Worker });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const closing = () => ({
  conferenceId,
  closed: new AbortController().signal,
  onProblem: vi.fn<() => void>(),
});

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

function watched(): DecryptionContext & { close: () => void; reports: boolean[] } {
  const controller = new AbortController();
  const reports: boolean[] = [];
  return {
    conferenceId,
    streamId: 'a stream',
    closed: controller.signal,
    onProblem: () => {},
    onDecryption: (isDecrypted) => reports.push(isDecrypted),
    close: () => controller.abort(),
    reports,
  };
}

const texts = ({ out }: FakeScriptTransform) => out.map(({ data }) => new TextDecoder().decode(data));

/** Another participant, with a key. */
async function another(key: Uint8Array): Promise<MediaKeys> {
  const other = createMediaEncryption({ salt, worker: new FakeEncryptionWorker() as unknown as Worker });
  await other.setKey(key);
  return other;
}

describe('two participants with the same key', () => {
  it('decrypt each other, and no one else can', async () => {
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

  it('lose no frame while they change keys, in either order', async () => {
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

  it('exclude a participant with a previous key when that key is not kept', async () => {
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

it('sends nothing without a key', async () => {
  const sent = protect(encryption);
  await sent.put('in the clear');
  expect(texts(sent)).toEqual([]);
});

it('uses the key that was set last, however long earlier ones take to derive', async () => {
  const friend = await another(otherSecret);
  await Promise.all([encryption.setKey('a passphrase'), encryption.setKey(otherSecret)]);
  const sent = protect(encryption);
  await sent.put('hello');
  const got = open(friend, watched());
  await got.putAll(sent);
  expect(texts(got)).toEqual(['hello']);
});

describe('a stream that cannot be decrypted', () => {
  it('is reported once, stays in the state, and is reported again when it can be decrypted', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    await encryption.setKey(secret);
    const stranger = await another(otherSecret);
    const context = watched();
    const [audio, video] = [open(encryption, context), open(encryption, context, 'video')];
    const [sentAudio, sentVideo] = [protect(stranger), protect(stranger, 'video')];
    for (let round = 0; round < 3; round += 1) {
      await sentAudio.put('tone');
      await sentVideo.put('frame');
      await audio.putAll(sentAudio);
      await video.putAll(sentVideo);
      vi.advanceTimersByTime(400);
    }
    expect(context.reports).toEqual([false]);
    expect(encryption.undecryptedStreamIds).toEqual(['a stream']);

    await encryption.setKey(otherSecret);
    await audio.putAll(sentAudio);
    expect(context.reports).toEqual([false]);
    await video.putAll(sentVideo);
    expect(context.reports).toEqual([false, true]);
    expect(encryption.undecryptedStreamIds).toEqual([]);
    vi.useRealTimers();
  });

  it('is forgotten when its view closes, which receives nothing more', async () => {
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
    expect(context.reports).toEqual([false]);
    vi.useRealTimers();
  });
});

const unsalted = (options: MediaEncryptionOptions = {}) =>
  createMediaEncryption({ ...options, worker: new FakeEncryptionWorker() as unknown as Worker });
const inside = (id: string) => ({ ...closing(), conferenceId: id });
const receiving = (id: string) => ({ ...watched(), conferenceId: id });

/** Sends text until something comes out, for the key is derived when the conference is known. */
async function send(sent: FakeScriptTransform, text: string): Promise<void> {
  await vi.waitFor(
    async () => {
      await sent.put(text);
      expect(sent.out).not.toEqual([]);
    },
    { interval: 1, timeout: 5_000 },
  );
}

describe('without a salt', () => {
  it('the conference id is the salt, so that one secret gives a different key in each conference', async () => {
    const sent = protect(unsalted({ key: secret }), 'audio', inside('c-1'));
    await send(sent, 'hello');
    const receiver = createMediaEncryption({
      salt: 'c-1',
      worker: new FakeEncryptionWorker() as unknown as Worker,
    });
    const stranger = unsalted();
    await Promise.all([receiver.setKey(secret), stranger.setKey(secret)]);
    const got = open(receiver, receiving('c-2'));
    const kept = open(stranger, receiving('c-2'));
    await send(protect(stranger, 'audio', inside('c-2')), 'the key is in use');
    await got.putAll(sent);
    await kept.putAll(sent);
    expect(texts(got)).toEqual(['hello']);
    expect(texts(kept)).toEqual([]);
  });

  it('one encryption serves several conferences, each with the keys set before and after joining it', async () => {
    const [one, other] = [unsalted(), unsalted()];
    await one.setKey(secret, { keyIndex: 1 });
    await one.setKey(otherSecret, { keyIndex: 2 });
    await other.setKey(secret, { keyIndex: 1 });
    for (const id of ['c-1', 'c-2']) {
      const sent = protect(other, 'audio', inside(id));
      await send(sent, `former key in ${id}`);
      const got = open(one, receiving(id));
      await send(protect(one, 'audio', inside(id)), 'the keys are in use');
      await got.putAll(sent);
      expect(texts(got)).toEqual([`former key in ${id}`]);
    }
    const sent = ['c-1', 'c-2'].map((id) => protect(other, 'video', inside(id)));
    const got = ['c-1', 'c-2'].map((id) => open(one, receiving(id), 'video'));
    await one.setKey(secret, { keyIndex: 3, keepFormer: false });
    await other.setKey(secret, { keyIndex: 3 });
    for (const [index, stream] of sent.entries()) {
      await stream.put('new key');
      await got[index]?.putAll(stream);
      expect(texts(got[index] ?? stream)).toEqual(['new key']);
    }
  });

  it('accepts no key once closed, although no conference uses it', async () => {
    const closed = unsalted();
    await closed.close();
    await expect(closed.setKey(secret)).rejects.toMatchObject({ code: 'ERR_MEDIA_ENCRYPTION' });
  });
});

describe('codecs', () => {
  it.each([
    ['video', ['video/VP8', 'video/rtx']],
    ['audio', ['audio/opus']],
  ])('offered for %s are only those that can be encrypted', (kind, offered) => {
    const transceiver = new FakeRtpTransceiver(kind);
    encryption.protect(transceiver as unknown as RTCRtpTransceiver, closing());
    expect(transceiver.codecs.map(({ mimeType }) => mimeType)).toEqual(offered);
  });

  it('that cannot be encrypted are refused', () => {
    expect(() => encryption.assertPublishable({ codec: 'H264' })).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_OPTIONS' }),
    );
    expect(() => encryption.assertPublishable({ codec: 'VP8' })).not.toThrow();
    expect(() => encryption.assertPublishable({})).not.toThrow();
  });
});

describe('a worker that cannot be started', () => {
  it('is reported once per conference, and thrown to new senders and receivers', async () => {
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

  it('is not reported to a stream that has closed', () => {
    const closed = new AbortController();
    const context = { ...closing(), closed: closed.signal };
    protect(encryption, 'audio', context);
    const present = closing();
    protect(encryption, 'audio', present);
    closed.abort();
    worker.fail();
    expect(context.onProblem).not.toHaveBeenCalled();
    expect(present.onProblem).toHaveBeenCalledOnce();
  });

  it('throws immediately when the browser refuses it immediately', () => {
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

it('terminates the worker when closed, and accepts no key afterwards', async () => {
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

it.each([-1, 256, 1.5])('refuses %d as a key index', async (keyIndex) => {
  await expect(encryption.setKey(secret, { keyIndex })).rejects.toMatchObject({
    code: 'ERR_INVALID_OPTIONS',
  });
});

it.each([0, 255])('accepts %d as a key index', async (keyIndex) => {
  await expect(encryption.setKey(secret, { keyIndex })).resolves.toBeUndefined();
});

describe('a browser', () => {
  it.each(['RTCRtpScriptTransform', 'Worker'])('without %s is refused', (name) => {
    vi.stubGlobal(name, undefined);
    expect(() => createMediaEncryption()).toThrow(
      expect.objectContaining({ code: 'ERR_UNSUPPORTED_BROWSER', missing: name }),
    );
  });

  it('that would ignore transforms, and thus send in the clear, is refused', () => {
    vi.stubGlobal('RTCRtpSender', class OlderSender extends EventTarget {});
    expect(() => createMediaEncryption()).toThrow(
      expect.objectContaining({ code: 'ERR_UNSUPPORTED_BROWSER', missing: 'RTCRtpScriptTransform' }),
    );
  });

  it('on an insecure page, without WebCrypto, is refused', () => {
    vi.stubGlobal('crypto', {});
    expect(() => createMediaEncryption()).toThrow(
      expect.objectContaining({ code: 'ERR_UNSUPPORTED_BROWSER', missing: 'crypto.subtle' }),
    );
  });
});

it('logs each change of its key once, and nothing of the key', async () => {
  const log = vi.fn<Log>();
  const context = { ...closing(), log };
  protect(encryption, 'audio', context);
  protect(encryption, 'video', context);
  await encryption.setKey('a passphrase', { keyIndex: 3 });
  expect(log.mock.calls).toEqual([['info', 'key changed', { keyIndex: 3, keepFormer: true }]]);
});
