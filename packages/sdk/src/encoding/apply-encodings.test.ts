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

it('keeps the names of the layers, and gives the largest encodings to a sender with fewer', async () => {
  const sender = aSender();
  await applyEncodings(sender, [{ rid: 'x', maxBitrate: 0 }, ...layers], 'balanced');
  expect(sender.getParameters().encodings).toEqual([
    { rid: 'q', maxBitrate: 1, active: true },
    { rid: 'h', maxBitrate: 2, active: true },
    { rid: 'f', maxBitrate: 3, active: true },
  ]);
});

it.each([0, 1])(
  'sets encodings and preference apart, as a browser may refuse either (%d)',
  async (refused) => {
    const sender = aSender();
    const set: unknown[] = [];
    sender.setParameters.mockImplementation(async (parameters) => {
      if (sender.setParameters.mock.calls.length - 1 === refused)
        throw new DOMException('no', 'OperationError');
      set.push([parameters.encodings[0]?.maxBitrate, parameters.degradationPreference]);
    });
    await applyEncodings(sender, layers, 'maintain-framerate');
    expect(sender.setParameters).toHaveBeenCalledTimes(2);
    expect(set).toEqual([refused === 0 ? [undefined, 'maintain-framerate'] : [1, undefined]]);
  },
);
