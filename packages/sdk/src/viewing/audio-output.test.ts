import { expect, it, vi } from 'vitest';
import { Deferred } from '../testing/deferred.ts';
import { rejectionOf } from '../testing/rejection-of.ts';
import type { AttachedElement } from './attached-element.ts';
import { moveOutput } from './move-output.ts';
import { VideoCap } from './video-cap.ts';
import { ViewElements } from './view-elements.ts';
import { ViewRegistry } from './view-registry.ts';

/** An element that plays through the last output it accepted. */
function anElement(accept: (deviceId: string) => Promise<void> = async () => {}) {
  const element = {
    output: '',
    requestedOutput: '',
    setAudioOutput: vi.fn<(deviceId: string) => Promise<void>>(async (deviceId) => {
      element.requestedOutput = deviceId;
      await accept(deviceId);
      element.output = deviceId;
    }),
  };
  return element as typeof element & AttachedElement;
}

it('when one element refuses an output, all return to the one before', async () => {
  const cause = new Error('refused');
  const elements = [
    anElement(),
    anElement(async (deviceId) => {
      if (deviceId === 'new') throw cause;
    }),
  ];
  const move = (deviceId: string, before?: string) =>
    moveOutput(
      () => elements,
      deviceId,
      () => before,
    );
  await move('old');
  expect(await rejectionOf(move('new', 'old'))).toBe(cause);
  expect(elements.map(({ output }) => output)).toEqual(['old', 'old']);
});

it.each(['conference', 'view'])(
  'the last output that the app chose for a %s wins over an earlier one that fails late',
  async (owner) => {
    const gate = new Deferred<void>();
    const element = anElement(async (deviceId) => {
      if (deviceId !== 'gone') return;
      await gate.promise;
      throw new Error('gone');
    });
    const set = owner === 'view' ? ofView(element) : ofConference(element);
    const outcomes = [set('gone'), set('good')].map((done) => done.then(() => 'set'));
    gate.resolve();
    expect(await Promise.all(outcomes)).toEqual(['set', 'set']);
    expect(element.output).toBe('good');
  },
);

const nothing = () => {};

function ofView(element: AttachedElement): (deviceId: string) => Promise<void> {
  const elements = new ViewElements({
    streamId: 's',
    mediaStream: {} as MediaStream,
    shared: { audioOutput: () => undefined, onBlocked: nothing, onUnblocked: nothing },
    onProblem: nothing,
    onAttached: () => nothing,
  });
  vi.spyOn(elements, 'all', 'get').mockReturnValue([element]);
  return elements.setAudioOutput;
}

function ofConference(element: AttachedElement): (deviceId: string) => Promise<void> {
  vi.stubGlobal(
    'HTMLMediaElement',
    class {
      setSinkId() {}
    },
  );
  const registry = new ViewRegistry({ cap: new VideoCap(), onPlayback: () => {}, onViewTimed: () => {} });
  const controller = registry.createController({
    streamId: 's',
    type: 'MIC',
    isVideoMuted: () => false,
    onProblem: () => {},
  });
  vi.spyOn(controller, 'elements', 'get').mockReturnValue({
    followsConference: true,
    all: [element],
  } as unknown as ViewElements);
  return registry.setAudioOutput;
}
