import { describe, expect, it } from 'vitest';
import { recordedFirefoxSenders, recordedFirefoxStats, recordedStats } from '../testing/recorded-stats.ts';
import { markActiveLayers } from './mark-active-layers.ts';
import { levelOf, qualityOf, type QualityContext } from './quality-of.ts';
import { statsBetween } from './stream-stats.ts';

const calm = (direction: 'publish' | 'view', more: Partial<QualityContext> = {}): QualityContext => ({
  direction,
  muted: new Set(),
  mutedByDevice: new Set(),
  isHidden: false,
  isAutoplayBlocked: false,
  previous: undefined,
  ...more,
});

/** The quality of the recorded call after `change`. */
function qualityWhen(
  direction: 'publish' | 'view',
  change: Parameters<typeof recordedStats>[1],
  more: Partial<QualityContext> = {},
) {
  return qualityOf(statsBetween(...recordedStats(direction, change)), calm(direction, more));
}

const codes = ({ causes }: ReturnType<typeof qualityOf>): string[] => causes.map(({ code }) => code);

it('does not blame the network for layers of which the browser says nothing, or that are paused', () => {
  const [before, after] = recordedFirefoxStats('publish');
  const senders = recordedFirefoxSenders();
  const marked = [markActiveLayers(before, senders), markActiveLayers(after, senders)] as const;
  for (const reports of [[before, after] as const, marked]) {
    expect(qualityOf(statsBetween(...reports), calm('publish'))).toMatchObject({
      level: 'excellent',
      causes: [],
    });
  }
});

it.each(['publish', 'view'] as const)('a good call (%s) is excellent without a cause', (direction) => {
  const quality = qualityWhen(direction, () => {});
  expect(quality).toMatchObject({ level: 'excellent', causes: [] });
  expect(quality.score).toBeGreaterThan(95);
});

describe('each problem has its code and its evidence', () => {
  it('packet loss on the downlink', () => {
    const quality = qualityWhen('view', (entry) => {
      if (entry.type === 'inbound-rtp' && entry['kind'] === 'video') entry['packetsLost'] = 12;
    });
    expect(quality.level).not.toBe('excellent');
    expect(codes(quality)).toEqual(['downlink-loss']);
    expect(quality.causes[0]?.evidence['packetsLost']).toBe(12);
    expect(quality.causes[0]?.suggestion).toContain('network');
  });

  it('packet loss on the uplink, as the server reports it', () => {
    const quality = qualityWhen('publish', (entry) => {
      if (entry.type === 'remote-inbound-rtp' && entry['kind'] === 'video') entry['packetsLost'] = 12;
    });
    expect(codes(quality)).toEqual(['uplink-loss']);
  });

  it('a long round trip', () => {
    const quality = qualityWhen('publish', (entry) => {
      if (entry.type === 'remote-inbound-rtp') entry['roundTripTime'] = 0.8;
    });
    expect(codes(quality)).toEqual(['round-trip']);
    // 100 - (400 + 2 * 1.75 - 120) / 10, for the audio, whose jitter is larger.
    expect(quality.score).toBeCloseTo(71.65, 2);
  });

  it('jitter', () => {
    const quality = qualityWhen('view', (entry) => {
      if (entry.type === 'inbound-rtp') entry['jitter'] = 0.2;
    });
    expect(codes(quality)).toEqual(['jitter']);
  });

  it('a sender that is too busy, even while the score is high', () => {
    const quality = qualityWhen('publish', (entry) => {
      if (entry.type === 'outbound-rtp' && entry['kind'] === 'video') {
        entry['qualityLimitationDurations'] = { none: 4, cpu: 2, bandwidth: 0, other: 0 };
      }
    });
    expect(codes(quality)).toEqual(['sender-cpu-limited']);
    expect(quality.level).toBe('excellent');
  });

  it('video that arrives but is not decoded, and video that never had a key frame', () => {
    const [before] = recordedStats('view');
    const frames = [...before.values()].find(
      (entry) =>
        (entry as { type: string; kind?: string }).type === 'inbound-rtp' &&
        (entry as { kind: string }).kind === 'video',
    ) as { framesDecoded: number };
    const stuck = (more: Record<string, unknown>) =>
      qualityWhen('view', (entry) => {
        if (entry.type === 'inbound-rtp' && entry['kind'] === 'video') {
          Object.assign(entry, { framesDecoded: frames.framesDecoded, ...more });
        }
      });
    expect(stuck({})).toMatchObject({ score: 30, level: 'poor', causes: [{ code: 'decoder-stuck' }] });
    expect(stuck({ keyFramesDecoded: 0 })).toMatchObject({ causes: [{ code: 'no-key-frame' }] });
  });

  it('no packets at all', () => {
    const [before] = recordedStats('view');
    const stats = statsBetween(before, before);
    expect(qualityOf(stats, calm('view'))).toMatchObject({
      score: 20,
      level: 'lost',
      causes: [{ code: 'no-packets' }],
    });
    expect(qualityOf(stats, calm('view', { muted: new Set(['audio', 'video'] as const) }))).toMatchObject({
      level: 'excellent',
      causes: [],
    });
    expect(
      codes(qualityOf(stats, calm('view', { muted: new Set(['audio'] as const), isHidden: true }))),
    ).toEqual(['element-hidden']);
  });

  it('an active layer that is not sent', () => {
    const [before, after] = recordedStats('publish');
    const silent = { id: 'low', type: 'outbound-rtp', kind: 'video', rid: 'low', active: true };
    const quality = qualityOf(statsBetween(before, new Map([...after, ['low', silent]])), calm('publish'));
    expect(quality).toMatchObject({ score: 65, causes: [{ code: 'layer-withheld' }] });
  });

  it('a browser that waits for a click, and a device that the system mutes', () => {
    expect(codes(qualityWhen('view', () => {}, { isAutoplayBlocked: true }))).toEqual(['autoplay-blocked']);
    expect(codes(qualityWhen('publish', () => {}, { mutedByDevice: new Set(['audio'] as const) }))).toEqual([
      'device-muted',
    ]);
  });
});

it('the score falls fast and rises slowly', () => {
  const previous = { score: 50, level: 'good', causes: [] } as const;
  const [before] = recordedStats('view');
  expect(qualityWhen('view', () => {}, { previous }).score).toBeCloseTo(70, 0);
  expect(qualityOf(statsBetween(before, before), calm('view', { previous })).score).toBe(26);
});

it('maps scores to levels, at their exact limits', () => {
  expect([100, 80.1].map(levelOf)).toEqual(['excellent', 'excellent']);
  expect([80, 40.1].map(levelOf)).toEqual(['good', 'good']);
  expect([40, 20.1].map(levelOf)).toEqual(['poor', 'poor']);
  expect([20, 0].map(levelOf)).toEqual(['lost', 'lost']);
});
