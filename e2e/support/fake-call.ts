import type * as TestingModule from '@parley-rtc/testing';
import type { behaviours as suite } from '../../packages/testing/src/testing/conference-behaviour.ts';
import type { realStage as openRealStage } from '../../packages/testing/src/testing/real-stage.ts';

declare global {
  interface Window {
    /** What the app in `fake-app` gives to its journeys. */
    readonly fakes: typeof TestingModule;
    readonly behaviours: typeof suite;
    readonly realStage: typeof openRealStage;
    room: TestingModule.FakeRoom;
    ada: TestingModule.FakeParticipant;
  }
}

/** Opens a call with three others, who have cameras, in the lobby. Runs in the page. */
export function openFakeCall(): void {
  const room = new window.fakes.FakeRoom({
    metadata: { title: 'Weekly' },
    me: { permissions: { moderate: true, record: true } },
  });
  const [ada, grace, lin] = ['Ada Lovelace', 'Grace Hopper', 'Lin Wei'].map((name) => room.join({ name }));
  ada?.publish({ camera: true, microphone: true });
  grace?.publish({ camera: true, microphone: true });
  lin?.publish({ microphone: true });
  const call = document.createElement('parley-call');
  Object.assign(call, { server: room.server, ticket: room.ticket, name: 'Me' });
  document.body.replaceChildren(call);
  Object.assign(window, { room, ada });
}

/** How a video looks now: its size, and some of its pixels. Runs in the page. */
export function pixelsOf(video: HTMLVideoElement): { readonly width: number; readonly pixels: string } {
  const canvas = Object.assign(document.createElement('canvas'), { width: 64, height: 36 });
  const context = canvas.getContext('2d');
  context?.drawImage(video, 0, 0, 64, 36);
  return {
    width: video.videoWidth,
    pixels: [...(context?.getImageData(0, 0, 64, 36).data ?? [])].join(),
  };
}
