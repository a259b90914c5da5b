import { describe, expect, it } from 'vitest';
import { rtpBytes } from '../testing/test-packets.ts';
import { buildPictureLoss, buildReceiverReport, buildSenderReport } from '../wire/build-rtcp.ts';
import type { RtpTransportEvents, RtpTransportState } from './rtp-transport.ts';
import { isGone } from './silence-rule.ts';
import { SilenceWatch } from './silence-watch.ts';

const media = rtpBytes({ payloadType: 96 });
/** A sender's report about a time between two packets, as one that reports on a timer writes it. */
const report = buildSenderReport(
  { ssrc: 0, ntpSeconds: 1, ntpFraction: 1, rtpTimestamp: 1_234, packetCount: 1, octetCount: 1 },
  'c',
);
/** The report that a sender without a timer sends along with a packet. */
const promptedReport = buildSenderReport(
  { ssrc: 0, ntpSeconds: 1, ntpFraction: 1, rtpTimestamp: 0, packetCount: 1, octetCount: 1 },
  'c',
);
const block = {
  ssrc: 5,
  fractionLost: 0,
  packetsLost: 0,
  highestSequenceNumber: 1,
  jitter: 0,
  lastSenderReport: 0,
  delaySinceLastSenderReport: 0,
};
const receipt = buildReceiverReport(1, [block]);

interface Second {
  readonly heard?: readonly Buffer[];
  readonly isSent?: boolean;
}

/** A watched transport over a fake one and a fake clock; `pass` advances seconds until the peer is lost. */
function setUp() {
  let nowMs = 1_000;
  const inner: RtpTransportEvents[] = [];
  const states: RtpTransportState[] = [];
  const watch = new SilenceWatch((events) => {
    inner.push(events);
    return {
      open: () => Promise.reject(new Error('unused')),
      addCandidate() {},
      send: () => true,
      close() {},
    };
  });
  const transport = watch.createTransport({
    onPacket: () => {},
    onStateChange: (state) => states.push(state),
  });
  inner[0]?.onStateChange('open');
  watch.tick(nowMs);
  /** Seconds until the peer was lost, or undefined. */
  const pass = (seconds: number, during: (second: number) => Second = () => ({})): number | undefined => {
    for (let second = 1; second <= seconds; second += 1) {
      const { heard = [], isSent = false } = during(second);
      for (const packet of heard) inner[0]?.onPacket(packet);
      if (isSent) transport.send(media);
      for (let tick = 0; tick < 50; tick += 1) watch.tick((nowMs += 20));
      if (states.includes('lost')) return second;
    }
    return undefined;
  };
  const sleep = (ms: number): void => watch.tick((nowMs += ms));
  return { pass, sleep, states, transport };
}

const listenToAudio = (second: number): Second => ({
  heard: second % 7 === 0 ? [receipt] : [],
  isSent: true,
});

describe('SilenceWatch', () => {
  it('loses a publisher of video 10 s after its last packet, once', () => {
    const { pass, states } = setUp();
    expect(pass(30, () => ({ heard: [media, report] }))).toBeUndefined();
    expect(pass(60)).toBe(10);
    pass(60);
    expect(states).toEqual(['open', 'lost']);
  });

  it('keeps a muted publisher that only reports', () => {
    const { pass } = setUp();
    pass(5, () => ({ heard: [media, report] }));
    expect(pass(300, () => ({ heard: [report] }))).toBeUndefined();
  });

  it('loses a viewer that receives media and stops reporting', () => {
    const { pass } = setUp();
    pass(10, () => ({ heard: [receipt], isSent: true }));
    expect(pass(60, () => ({ isSent: true }))).toBe(10);
  });

  it('gives a viewer of audio alone, which reports every 7 s, three rounds', () => {
    const { pass } = setUp();
    expect(pass(70, listenToAudio)).toBeUndefined();
    // One report was lost.
    expect(pass(13, () => ({ isSent: true }))).toBeUndefined();
    expect(pass(60, () => ({ isSent: true }))).toBe(8);
  });

  it('never loses a viewer that receives nothing, and restarts the count when media flow again', () => {
    const { pass } = setUp();
    expect(pass(120)).toBeUndefined();
    pass(10, () => ({ heard: [receipt], isSent: true }));
    expect(pass(120)).toBeUndefined();
    expect(pass(9, () => ({ isSent: true }))).toBeUndefined();
    expect(pass(60, () => ({ isSent: true }))).toBeLessThanOrEqual(2);
  });

  it('never loses a peer that was never heard', () => {
    const { pass } = setUp();
    expect(pass(120, () => ({ isSent: true }))).toBeUndefined();
  });

  it('does not mistake a pause of its own process for silence', () => {
    const { pass, sleep } = setUp();
    pass(10, () => ({ heard: [media, report] }));
    sleep(60_000);
    expect(pass(8)).toBeUndefined();
    expect(pass(60)).toBeLessThanOrEqual(3);
  });

  it('forgets a closed transport, as after an ICE restart', () => {
    const { pass, transport } = setUp();
    pass(10, () => ({ heard: [media, report] }));
    transport.close();
    expect(pass(120)).toBeUndefined();
  });
});

describe('SilenceWatch and peers that report only along with media', () => {
  it('keeps a publisher of RTP without RTCP that pauses', () => {
    const { pass } = setUp();
    pass(30, () => ({ heard: [media] }));
    expect(pass(600)).toBeUndefined();
  });

  it('keeps a publisher that pauses, if its reports only came with its packets', () => {
    const { pass } = setUp();
    pass(30, () => ({ heard: [media, promptedReport, media] }));
    pass(30, () => ({ heard: [promptedReport, media] }));
    expect(pass(600)).toBeUndefined();
  });

  it('keeps a viewer that only requested key frames', () => {
    const { pass } = setUp();
    pass(10, () => ({ heard: [buildPictureLoss(1, 5)], isSent: true }));
    expect(pass(600, () => ({ isSent: true }))).toBeUndefined();
  });

  it('keeps a viewer that only answered our reports, when these end', () => {
    const { pass, transport } = setUp();
    pass(30, () => {
      transport.send(report);
      return { heard: [receipt], isSent: true };
    });
    expect(pass(600, () => ({ isSent: true }))).toBeUndefined();
  });

  it('loses a viewer whose feedback on each packet ends', () => {
    const { pass } = setUp();
    const arrivals = Buffer.from('8fcd000400000001000000050001000100000100', 'hex');
    pass(30, () => ({ heard: [arrivals], isSent: true }));
    expect(pass(600, () => ({ isSent: true }))).toBe(10);
  });
});

const sender = {
  heardMs: 0,
  hasReportTimer: true,
  longestRoundMs: 1_000,
  isSender: true,
  sendingSinceMs: undefined,
};

it.each([
  ['a sender within 10 s', sender, 9_999, false],
  ['a sender after 10 s', sender, 10_000, true],
  ['a sender with rounds of 5 s', { ...sender, longestRoundMs: 5_000 }, 14_999, false],
  ['the same after 15 s', { ...sender, longestRoundMs: 5_000 }, 15_000, true],
  ['a sender without a known rhythm', { ...sender, longestRoundMs: undefined }, 24_999, false],
  ['the same after 25 s', { ...sender, longestRoundMs: undefined }, 25_000, true],
  ['a very slow sender, at the most', { ...sender, longestRoundMs: 60_000 }, 25_000, true],
  ['a sender without a report timer', { ...sender, hasReportTimer: false }, 1e9, false],
  ['who was never heard', { ...sender, heardMs: undefined }, 1e9, false],
  ['a viewer to whom nothing goes', { ...sender, isSender: false }, 1e9, false],
  ['a viewer since media flows again', { ...sender, isSender: false, sendingSinceMs: 50_000 }, 59_999, false],
  ['the same 10 s later', { ...sender, isSender: false, sendingSinceMs: 50_000 }, 60_000, true],
])('isGone: %s', (_name, peer, nowMs, expected) => {
  expect(isGone(peer, nowMs)).toBe(expected);
});
