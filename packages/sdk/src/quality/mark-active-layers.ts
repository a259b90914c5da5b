import type { StatsReport } from './stream-stats.ts';

/** What `mark-active-layers` reads of a sender. */
type Sender = Pick<RTCRtpSender, 'track' | 'getParameters'>;

/**
 * Adds `active` to the outgoing streams of a report whose browser omits it, such as Firefox, from the encodings of the
 * senders. Leaves out what neither the report nor an encoding says.
 */
export function markActiveLayers(report: StatsReport, senders: readonly Sender[]): StatsReport {
  return new Map([...report].map(([id, entry]) => [id, isUnmarked(entry) ? marked(entry, senders) : entry]));
}

interface OutgoingStream {
  readonly type: 'outbound-rtp';
  readonly kind?: string;
  readonly rid?: string;
  readonly active?: boolean;
}

function isUnmarked(entry: unknown): entry is OutgoingStream {
  return (
    typeof entry === 'object' &&
    entry !== null &&
    (entry as { readonly type?: unknown }).type === 'outbound-rtp' &&
    !('active' in entry)
  );
}

function marked(entry: OutgoingStream, senders: readonly Sender[]): OutgoingStream {
  const sender = senders.find(({ track }) => track?.kind === entry.kind);
  // Only simulcast layers have a `rid`.
  const encoding = sender?.getParameters().encodings.find(({ rid }) => rid === entry.rid);
  return encoding?.active === undefined ? entry : { ...entry, active: encoding.active };
}
