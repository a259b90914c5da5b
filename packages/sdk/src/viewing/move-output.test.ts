import { expect, it, vi } from 'vitest';
import type { FakeServer } from '../../../testing/src/server/fake-server.ts';
import type { Conference } from '../conference/conference.ts';
import { joinAs, listenTo } from '../testing/join-as.ts';
import { settle } from '../testing/settle.ts';
import { useFakeConference } from '../testing/use-fake-conference.ts';

/** An element that plays through the output that it was last given, and refuses one of them. */
class FakeElement extends EventTarget {
  srcObject: MediaProvider | null = null;
  sinkId = '';
  refused: string | undefined;
  play = async (): Promise<void> => {};

  async setSinkId(sinkId: string): Promise<void> {
    if (sinkId === this.refused) throw new DOMException('There is no such output.', 'NotFoundError');
    this.sinkId = sinkId;
  }
}

let server: FakeServer;
let ada: Conference;
let streamIds: readonly string[];

useFakeConference(async (fakes) => {
  ({ server } = fakes);
  ada = await joinAs(server, 'ada');
  const bob = await joinAs(server, 'bob');
  const streams = [
    await bob.publishStream({ camera: true, microphone: true }),
    await bob.publishStream({ microphone: true }),
  ];
  streamIds = streams.map(({ id }) => id);
  await settle();
});

/** Views the stream with this index in each of the elements. */
async function viewIn(index: number, ...elements: readonly FakeElement[]) {
  const view = await ada.viewStream(streamIds[index] ?? '');
  for (const element of elements) view.attach(element as unknown as HTMLMediaElement);
  return view;
}

const outputsOf = (elements: readonly FakeElement[]) => elements.map(({ sinkId }) => sinkId);

it('of the conference moves the elements of all views, now and later', async () => {
  const elements = [new FakeElement(), new FakeElement(), new FakeElement()] as const;
  await viewIn(0, elements[0]);
  const second = await viewIn(1, elements[1]);
  await ada.setAudioOutput('headset');
  second.attach(elements[2] as unknown as HTMLMediaElement);
  expect(outputsOf(elements)).toEqual(['headset', 'headset', 'headset']);
});

it('of the conference stays as it was for every element when one of them refuses the new one', async () => {
  const elements = [new FakeElement(), new FakeElement()] as const;
  await viewIn(0, elements[0]);
  await viewIn(1, elements[1]);
  const moved = vi.spyOn(elements[0], 'setSinkId');
  await ada.setAudioOutput('headset');
  elements[1].refused = 'speakers';
  await expect(ada.setAudioOutput('speakers')).rejects.toMatchObject({ code: 'ERR_AUDIO_OUTPUT' });
  expect(outputsOf(elements)).toEqual(['headset', 'headset']);
  expect(moved).toHaveBeenCalledWith('speakers');
  const late = new FakeElement();
  await viewIn(0, late);
  expect(late.sinkId).toBe('headset');
});

it('returns to the default of the system when the first choice is refused', async () => {
  const elements = [new FakeElement(), new FakeElement()] as const;
  const view = await viewIn(0, ...elements);
  elements[1].refused = 'speakers';
  await expect(view.setAudioOutput('speakers')).rejects.toMatchObject({ code: 'ERR_AUDIO_OUTPUT' });
  expect(outputsOf(elements)).toEqual(['', '']);
  await ada.setAudioOutput('headset');
  expect(outputsOf(elements)).toEqual(['headset', 'headset']);
});

it('of a view wins over that of the conference, for its later elements too', async () => {
  const elements = [new FakeElement(), new FakeElement(), new FakeElement()] as const;
  const own = await viewIn(0, elements[0]);
  await viewIn(1, elements[1]);
  await own.setAudioOutput('speakers');
  await ada.setAudioOutput('headset');
  own.attach(elements[2] as unknown as HTMLMediaElement);
  expect(outputsOf(elements)).toEqual(['speakers', 'headset', 'speakers']);
});

it('of a view stays its own when the element refuses another one', async () => {
  const element = new FakeElement();
  const view = await viewIn(0, element);
  await ada.setAudioOutput('headset');
  await view.setAudioOutput('speakers');
  element.refused = 'tv';
  await expect(view.setAudioOutput('tv')).rejects.toMatchObject({ code: 'ERR_AUDIO_OUTPUT' });
  expect(element.sinkId).toBe('speakers');
});

/** Makes an element take its time for each move. */
function slow(element: FakeElement) {
  const gates: (() => void)[] = [];
  const setSinkId = element.setSinkId.bind(element);
  element.setSinkId = async (sinkId) => {
    await new Promise<void>((resolve) => void gates.push(resolve));
    await setSinkId(sinkId);
  };
  return async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      for (const open of gates.splice(0)) open();
      await settle();
    }
  };
}

it('moves an element, too, that is attached while the others move', async () => {
  const [first, late, own] = [new FakeElement(), new FakeElement(), new FakeElement()] as const;
  const view = await viewIn(0, first);
  await ada.setAudioOutput('headset');
  const finish = slow(first);
  const moving = ada.setAudioOutput('speakers');
  await settle();
  view.attach(late as unknown as HTMLMediaElement);
  await finish();
  await moving;
  expect(outputsOf([first, late])).toEqual(['speakers', 'speakers']);

  const movingView = view.setAudioOutput('tv');
  await settle();
  view.attach(own as unknown as HTMLMediaElement);
  await finish();
  await movingView;
  expect(outputsOf([first, late, own])).toEqual(['tv', 'tv', 'tv']);
});

it('of a view wins over that of the conference, also while it is being set', async () => {
  vi.stubGlobal('HTMLMediaElement', FakeElement);
  const element = new FakeElement();
  const view = await viewIn(0, element);
  await ada.setAudioOutput('headset');
  await Promise.all([view.setAudioOutput('tv'), ada.setAudioOutput('speakers')]);
  expect(element.sinkId).toBe('tv');
});

it('of the conference is what a view returns to when its own is refused', async () => {
  vi.stubGlobal('HTMLMediaElement', FakeElement);
  const element = new FakeElement();
  const view = await viewIn(0, element);
  await ada.setAudioOutput('headset');
  element.refused = 'tv';
  const finish = slow(element);
  const refusal = view.setAudioOutput('tv').catch(() => {});
  await settle();
  const moving = ada.setAudioOutput('speakers');
  await finish();
  await Promise.all([refusal, moving]);
  expect(element.sinkId).toBe('speakers');
});

it('of a view is not undone by a move of the conference that another element refuses', async () => {
  const elements = [new FakeElement(), new FakeElement()] as const;
  const view = await viewIn(0, elements[0]);
  await viewIn(1, elements[1]);
  await ada.setAudioOutput('headset');
  elements[1].refused = 'speakers';
  const finish = slow(elements[1]);
  const refusal = ada.setAudioOutput('speakers').catch(() => {});
  await settle();
  await view.setAudioOutput('tv');
  await finish();
  await refusal;
  expect(outputsOf(elements)).toEqual(['tv', 'headset']);
});

it('is not held up for ever by an output that never answers', async () => {
  const element = new FakeElement();
  await viewIn(0, element);
  const setSinkId = element.setSinkId.bind(element);
  element.setSinkId = (sinkId) => (sinkId === 'bluetooth' ? new Promise(() => {}) : setSinkId(sinkId));
  const failure = ada.setAudioOutput('bluetooth').catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await failure).toMatchObject({ code: 'ERR_AUDIO_OUTPUT', cause: { code: 'ERR_TIMEOUT' } });
  await ada.setAudioOutput('speakers');
  expect(element.sinkId).toBe('speakers');
});

it('does not move an element that was detached', async () => {
  const element = new FakeElement();
  const view = await ada.viewStream(streamIds[0] ?? '');
  const detach = view.attach(element as unknown as HTMLMediaElement);
  detach();
  vi.stubGlobal('HTMLMediaElement', FakeElement);
  await ada.setAudioOutput('headset');
  expect(element.sinkId).toBe('');
});

it('reports an element that refuses it when it is attached', async () => {
  const heard = listenTo(ada);
  vi.stubGlobal('HTMLMediaElement', FakeElement);
  await ada.setAudioOutput('headset');
  const element = Object.assign(new FakeElement(), { refused: 'headset' });
  await viewIn(0, element);
  await settle();
  expect(heard).toContain('error ERR_AUDIO_OUTPUT');
});

it('is refused without an element where the browser cannot choose it', async () => {
  await expect(ada.setAudioOutput('headset')).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_BROWSER' });
  vi.stubGlobal('HTMLMediaElement', EventTarget);
  await expect(ada.setAudioOutput('headset')).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_BROWSER' });
  const element = new FakeElement();
  await viewIn(0, element);
  expect(element.sinkId).toBe('');
});
