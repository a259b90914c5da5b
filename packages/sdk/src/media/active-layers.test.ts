import { expect, test, vi } from 'vitest';
import { setActiveLayers, withActiveLayers } from './active-layers.ts';

const layers = (...active: boolean[]) =>
  active.map((isActive, index) => ({
    rid: ['q', 'h', 'f'][index] ?? '',
    active: isActive,
    maxBitrate: index,
  }));

test.each([
  ['what is viewed is on', layers(true, true, true), ['q', 'f'], layers(true, false, true)],
  ['what is viewed again comes back', layers(true, false, false), ['f'], layers(false, false, true)],
  ['the lowest stays for whoever comes', layers(true, true, true), [], layers(true, false, false)],
  ['unknown layers count for none', layers(true, true, true), ['x'], layers(true, false, false)],
])('%s', (_rule, before, rids, after) => {
  expect(withActiveLayers(before, rids)).toEqual(after);
});

test.each([
  ['nothing changes', layers(true, false, false), ['q']],
  ['there is no simulcast', [{ active: true }], []],
])('leaves the encodings alone where %s', (_why, encodings, rids) => {
  expect(withActiveLayers(encodings, rids)).toBeUndefined();
});

test('sets the parameters of the video only, and survives a refusal', async () => {
  const sender = (kind: string) => ({
    track: { kind },
    getParameters: () => ({ transactionId: 't', encodings: layers(true, true, true) }),
    setParameters: vi.fn<() => Promise<void>>(() => Promise.reject(new Error('no'))),
  });
  const [audio, video] = [sender('audio'), sender('video')];
  const peer = { getTransceivers: () => [{ sender: audio }, { sender: video }] };
  await setActiveLayers(peer as unknown as RTCPeerConnection, ['q']);
  expect(audio.setParameters).not.toHaveBeenCalled();
  expect(video.setParameters).toHaveBeenCalledExactlyOnceWith({
    transactionId: 't',
    encodings: layers(true, false, false),
  });
});
