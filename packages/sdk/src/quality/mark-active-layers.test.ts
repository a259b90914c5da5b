import { expect, it } from 'vitest';
import { markActiveLayers } from './mark-active-layers.ts';

const sender = (
  kind: string,
  ...encodings: readonly { readonly rid?: string; readonly active?: boolean }[]
) => ({ track: { kind }, getParameters: () => ({ encodings }) }) as unknown as RTCRtpSender;

/** Marks the entries, and returns those that have changed. */
function marked(entries: readonly unknown[], senders: readonly RTCRtpSender[]): unknown[] {
  const report = new Map(entries.map((entry, index) => [String(index), entry]));
  const result = [...markActiveLayers(report, senders).values()];
  return result.filter((entry, index) => entry !== entries[index]);
}

const layer = (rid: string, more: object = {}) => ({ type: 'outbound-rtp', kind: 'video', rid, ...more });

it('marks each layer as its encoding says', () => {
  const video = sender('video', { rid: 'q', active: true }, { rid: 'h', active: false });
  expect(marked([layer('q'), layer('h')], [sender('audio', { active: false }), video])).toEqual([
    layer('q', { active: true }),
    layer('h', { active: false }),
  ]);
});

it('marks media without layers by the sender of its kind', () => {
  const senders = [sender('video', { active: true }), sender('audio', { active: false })];
  const audio = { type: 'outbound-rtp', kind: 'audio' };
  expect(marked([audio], senders)).toEqual([{ ...audio, active: false }]);
});

it('changes nothing that the browser has marked, that is not sent, or that nobody knows', () => {
  const senders = [sender('video', { rid: 'q', active: true }, { rid: 'h' })];
  const received = { type: 'inbound-rtp', kind: 'video', rid: 'q' };
  const others = [layer('q', { active: false }), layer('h'), layer('f'), received, null, 'text', undefined];
  expect(marked(others, senders)).toEqual([]);
  expect(marked([layer('q')], [])).toEqual([]);
});
