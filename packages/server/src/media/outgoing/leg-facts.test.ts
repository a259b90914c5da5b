import { expect, it } from 'vitest';
import { LegFacts } from './leg-facts.ts';

const block = {
  ssrc: 1,
  fractionLost: 64,
  packetsLost: 0,
  highestSequenceNumber: 0,
  jitter: 900,
  lastSenderReport: 0,
  delaySinceLastSenderReport: 0,
};
const report = { ssrc: 1, ntpSeconds: 5, ntpFraction: 0, rtpTimestamp: 0, packetCount: 1, octetCount: 1 };

it('has no loss, no jitter and no round trip before the first report of its viewer', () => {
  const facts = new LegFacts();
  facts.flow.count(100);
  expect(facts.of('video', undefined)).toEqual({
    kind: 'video',
    packets: 1,
    bytes: 100,
    keyFrames: 0,
    bitrateBps: 0,
    lossRatio: 0,
    jitterMs: 0,
  });
});

it('translates reports into shares and milliseconds, and names the layer', () => {
  const facts = new LegFacts();
  facts.receiveReport(block, 90_000, 0);
  expect(facts.of('video', 'h')).toMatchObject({ rid: 'h', lossRatio: 0.25, jitterMs: 10 });
  facts.receiveReport({ ...block, fractionLost: 0 }, 48_000, 0);
  expect(facts.of('audio', undefined)).toMatchObject({ lossRatio: 0, jitterMs: 18.75 });
});

it('keeps the last round trip while reports answer nothing', () => {
  const facts = new LegFacts();
  facts.reportSent(report, 1_000);
  facts.receiveReport({ ...block, lastSenderReport: 5 << 16 }, 90_000, 1_040);
  expect(facts.of('video', undefined).roundTripMs).toBe(40);
  facts.receiveReport(block, 90_000, 2_000);
  expect(facts.of('video', undefined).roundTripMs).toBe(40);
});
