import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { countedMembers, LinkMember } from './link-member.ts';
import type { LinkDemand } from './share-link.ts';
import { SharedLink } from './shared-link.ts';

const camera: LinkDemand = {
  audioBps: 40_000,
  layersBps: [150_000, 400_000],
  leastVideoBps: 150_000,
  current: 0,
};
const capacityBps = 1_000_000;
const packetEveryMs = 100;
/** A viewer that has not answered for this long must not count any more. */
const silentForMs = 2_000;

type Step =
  | { readonly what: 'connect' | 'use' | 'fall silent' | 'come back' | 'close'; readonly view: number }
  | { readonly what: 'pass'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    what: fc.constantFrom('connect', 'use', 'fall silent', 'come back', 'close'),
    view: fc.nat({ max: 2 }),
  }),
  fc.record({ what: fc.constant('pass' as const), ms: fc.integer({ min: 50, max: 4_000 }) }),
);

/** What a view is in truth: never connected, answering, silent since some time, or closed. */
interface Model {
  readonly member: LinkMember;
  state: 'new' | 'answering' | 'silent' | 'closed';
  silentSinceMs: number;
}

/** Plays the steps, and calls `check` after each. */
function play(
  steps: readonly Step[],
  check: (link: SharedLink, views: readonly Model[], nowMs: number) => void,
) {
  const link = new SharedLink();
  link.control.overused(capacityBps, 0);
  const views: Model[] = Array.from({ length: 3 }, () => ({
    member: new LinkMember({ arrivedBps: () => 0 }),
    state: 'new',
    silentSinceMs: 0,
  }));
  let nowMs = 0;
  const live = (view: Model): boolean => view.state === 'answering' || view.state === 'silent';
  for (const one of steps) {
    if (one.what === 'pass') {
      for (const untilMs = nowMs + one.ms; nowMs < untilMs; nowMs += packetEveryMs) {
        for (const view of views.filter(live)) {
          view.member.sent(nowMs);
          if (view.state === 'answering') view.member.answered();
          link.use(view.member, camera);
          link.aim(view.member, 2_000_000, nowMs);
        }
      }
    } else {
      const view = views[one.view];
      if (!view) continue;
      if (one.what === 'connect' && view.state === 'new') view.state = 'answering';
      if (one.what === 'use' && live(view)) link.use(view.member, camera);
      if (one.what === 'fall silent' && view.state === 'answering') {
        view.state = 'silent';
        view.silentSinceMs = nowMs;
      }
      if (one.what === 'come back' && view.state === 'silent') {
        view.state = 'answering';
        view.member.answered();
      }
      if (one.what === 'close' && live(view)) {
        view.state = 'closed';
        link.remove(view.member);
      }
    }
    // A share is up to 20 ms old.
    nowMs += 20;
    check(link, views, nowMs);
  }
}

const steps = fc.array(step, { minLength: 8, maxLength: 40 });

it('gives what the link carries to the views whose viewers answer, whoever else never connected, fell silent or closed', () => {
  fc.assert(
    fc.property(steps, (all) => {
      play(all, (link, views, nowMs) => {
        const answering = views.filter(({ state, member }) => state === 'answering' && member.demand);
        const isSilent = (view: Model): boolean =>
          view.state === 'silent' && nowMs - view.silentSinceMs > silentForMs + 2 * packetEveryMs;
        const silent = views.filter((view) => isSilent(view) && view.member.demand);
        const fading = views.filter((view) => view.state === 'silent' && !isSilent(view));
        if (answering.length === 0 || fading.length > 0) return;
        const shares = answering.map(({ member }) => link.shareOf(member, nowMs) ?? 0);
        const sumBps = shares.reduce((sum, shareBps) => sum + shareBps, 0);
        // Only the audio of silent views is still sent.
        expect(sumBps).toBeGreaterThanOrEqual(capacityBps * 0.85 - silent.length * camera.audioBps - 12);
        const isAlone = answering.length === 1 && silent.length === 0;
        if (!isAlone) {
          for (const { member } of silent) {
            expect(link.shareOf(member, nowMs)).toBeLessThanOrEqual(camera.audioBps + 1);
          }
        }
      });
    }),
  );
});

it('counts all views when no viewer answers, because then it is the link that has stalled', () => {
  fc.assert(
    fc.property(fc.array(fc.boolean(), { minLength: 1 }), (answers) => {
      const members = answers.map((isAnswering) => ({ isAnswering: () => isAnswering }));
      const counted = countedMembers(members, 0);
      const expected = answers.includes(true) ? members.filter((member) => member.isAnswering()) : members;
      expect([...counted]).toEqual(expected);
    }),
  );
});

it('lets a view probe whose viewer answers, whenever there is one', () => {
  fc.assert(
    fc.property(steps, (all) => {
      let seen: (string | undefined)[] = [];
      let answering = 0;
      play([...all, { what: 'pass', ms: 4_000 }], (link, views, nowMs) => {
        link.probes.begin(100_000, nowMs);
        seen = views.filter(({ member }) => link.isProber(member)).map(({ state }) => state);
        answering = views.filter(({ state }) => state === 'answering').length;
      });
      if (answering > 0) expect(seen).toEqual(['answering']);
    }),
  );
});
