import { expect, it, vi } from 'vitest';
import { applyEncodings } from './apply-encodings.ts';

/** A sender with three layers, which records what is set. */
function aSender() {
  let encodings: RTCRtpEncodingParameters[] = ['q', 'h', 'f'].map((rid) => ({ rid }));
  return {
    active: () => encodings.map(({ active }) => active),
    getParameters: () => ({ encodings: encodings.map((one) => ({ ...one })) }) as RTCRtpSendParameters,
    setParameters: vi.fn<RTCRtpSender['setParameters']>(async (parameters) => {
      ({ encodings } = parameters);
    }),
  };
}

const layers = [{ maxBitrate: 1 }, { maxBitrate: 2 }, { maxBitrate: 3 }];

it.each([
  ['all layers before the server names the viewed ones', layers, undefined, [true, true, true]],
  ['only viewed layers', layers, ['f'], [false, false, true]],
  ['the lowest layer for new viewers', layers, [], [true, false, false]],
  ['no layer that the size has no use for', layers.slice(0, 1), ['f'], [true, false, false]],
])('sends %s', async (_what, encodings, rids, active) => {
  const sender = aSender();
  await applyEncodings(sender, encodings, 'balanced', rids);
  expect(sender.active()).toEqual(active);
});

it('survives a browser that refuses', async () => {
  const sender = aSender();
  sender.setParameters.mockRejectedValue(new DOMException('no', 'OperationError'));
  await applyEncodings(sender, layers, 'balanced');
  expect(sender.active()).toEqual([undefined, undefined, undefined]);
});
