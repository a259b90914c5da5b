import type { MediaDescription } from 'sdp-transform';
import type { OfferedSources } from './offer.ts';
import { sdpText } from './sdp-text.ts';

/**
 * The rids of `a=simulcast:send`, in its order (RFC 8853, section 5.1). Of alternatives the first counts; a layer that
 * starts paused (`~`) counts too.
 */
export function readRids(section: MediaDescription): string[] {
  const { simulcast } = section;
  const lists = [
    { direction: simulcast?.dir1, list: simulcast?.list1 },
    { direction: simulcast?.dir2, list: simulcast?.list2 },
  ];
  const sent = sdpText(lists.find(({ direction }) => direction === 'send')?.list);
  const sending = (section.rids ?? []).filter((rid) => rid.direction === 'send');
  const declared = new Set(sending.map((rid) => sdpText(rid.id)));
  return sent
    .split(';')
    .map((layer) => (layer.split(',')[0] ?? '').replace(/^~/, ''))
    .filter((rid) => declared.has(rid));
}

/** The SSRCs that groups of a section relate: simulcast layers without rids, and retransmissions. */
export function readSources(section: MediaDescription): OfferedSources {
  const groups = (section.ssrcGroups ?? []).map(({ semantics, ssrcs }) => ({
    semantics: sdpText(semantics).toUpperCase(),
    ssrcs: sdpText(ssrcs).split(' ').map(Number).filter(isSsrc),
  }));
  const pairs = groups
    .filter(({ semantics }) => semantics === 'FID')
    .map(({ ssrcs: [repaired = 0, retransmission = 0] }) => [retransmission, repaired] as const);
  return {
    layers: groups.find(({ semantics }) => semantics === 'SIM')?.ssrcs ?? [],
    repaired: new Map(pairs),
  };
}

function isSsrc(value: number): boolean {
  return Number.isInteger(value) && value > 0 && value < 2 ** 32;
}
