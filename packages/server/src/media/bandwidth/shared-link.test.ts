import { expect, it } from 'vitest';
import { LinkMember } from './link-member.ts';
import type { LinkDemand } from './share-link.ts';
import { SharedLink } from './shared-link.ts';

const camera: LinkDemand = {
  audioBps: 40_000,
  layersBps: [150_000, 400_000],
  leastVideoBps: 150_000,
  current: 0,
};

/** A view on the link. */
function memberOn(link: SharedLink, demand: LinkDemand = camera, arrivedBps = 0): LinkMember {
  const member = new LinkMember({ arrivedBps: () => arrivedBps });
  link.use(member, demand);
  return member;
}

/** A link on which a queue grew while all its views together received this much. */
function fullLink(carriedBps: number): SharedLink {
  const link = new SharedLink();
  link.control.overused(carriedBps, 1_000);
  return link;
}

it('gives a view alone the whole link, and limits nothing while no limit is known', () => {
  const link = fullLink(1_000_000);
  expect(link.shareOf(memberOn(link), 0)).toBe(850_000);
  const free = new SharedLink();
  memberOn(free);
  expect(free.shareOf(memberOn(free), 0)).toBeUndefined();
});

it('divides the link, and gives the share of a view that ended to the others', () => {
  const link = fullLink(1_000_000);
  const views = [memberOn(link), memberOn(link)] as const;
  const share = link.shareOf(views[0], 0) ?? 0;
  expect(share + (link.shareOf(views[1], 0) ?? 0)).toBeCloseTo(850_000, -1);
  link.remove(views[1]);
  expect(link.shareOf(views[0], 0)).toBe(850_000);
});

it('divides again when the link carries less, and otherwise every 20 ms', () => {
  const link = fullLink(1_000_000);
  const [one, two] = [memberOn(link), memberOn(link)];
  const before = link.shareOf(one, 0) ?? 0;
  two.demand = { ...camera, layersBps: [] };
  expect(link.shareOf(one, 10)).toBe(before);
  expect(link.shareOf(one, 20)).toBeGreaterThan(before);
  link.control.overused(400_000, 3_000);
  expect(link.shareOf(one, 21)).toBeLessThan(before);
});

it('adds up what arrives by all other views', () => {
  const link = new SharedLink();
  const views = [100, 20, 3].map((arrivedBps) => memberOn(link, camera, arrivedBps));
  expect(link.othersBps(views[1] ?? memberOn(link), 500, 0)).toBe(103);
});

it('lets one view probe at a time: the one that needs least, with room for the next ones', () => {
  const link = fullLink(1_000_000);
  const views = [memberOn(link), memberOn(link), memberOn(link)] as const;
  link.aim(views[0], 600_000, 0);
  link.aim(views[1], 500_000, 0);
  expect(views.map((view) => link.isProber(view))).toEqual([false, true, false]);
  expect(link.probes.begin(200_000, 0)).toBe(true);
  link.aim(views[2], 300_000, 0);
  expect(views.map((view) => link.isProber(view))).toEqual([false, true, false]);
  link.remove(views[1]);
  expect(views.map((view) => link.isProber(view))).toEqual([false, false, false]);
});

it('lets another view probe at once when the viewer of the prober falls silent or has gone', () => {
  for (const isRemoved of [true, false]) {
    const link = fullLink(1_000_000);
    const views = [memberOn(link), memberOn(link)] as const;
    link.aim(views[0], 500_000, 0);
    expect(link.probes.begin(200_000, 0)).toBe(true);
    if (isRemoved) link.remove(views[0]);
    else views[0].sent(0);
    link.aim(views[1], 600_000, 2_500);
    expect(views.map((view) => link.isProber(view))).toEqual([false, true]);
    expect(link.probes.begin(200_000, 2_500)).toBe(true);
  }
});
