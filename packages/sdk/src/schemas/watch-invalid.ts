import type { Conference } from '../conference/conference.ts';
import { tellListenerError } from '../state/conference-store.ts';
import { callListener } from '../waiting/call-listener.ts';
import type { Verdict } from './check.ts';
import type { ConferenceSchemas, InvalidData } from './typed-conference.ts';
import { judgedIn, ownFields, type Judged, type Verdicts } from './verdicts.ts';

/** Calls `listener` once for every invalid value, existing ones first, until the returned function is called. */
export function watchInvalid(
  conference: Pick<Conference, 'on' | 'state'>,
  { schemas, verdicts }: { readonly schemas: ConferenceSchemas; readonly verdicts: Verdicts },
  listener: (invalid: InvalidData) => void | Promise<void>,
): () => void {
  const { state } = conference;
  const reported = new WeakSet<Verdict>();
  let isOn = true;
  const report = ({ place, value, verdict }: Judged) => {
    if (!isOn || !verdict.issues || reported.has(verdict)) return;
    reported.add(verdict);
    void callListener(listener, { place, issues: verdict.issues, value }, (cause) =>
      tellListenerError(state, 'invalid', cause),
    );
  };
  const reportAll = () => judgedIn(state.getSnapshot().conference, verdicts).forEach(report);
  const offState = state.subscribe(reportAll);
  const offEvents = conference.on('server-event', ({ event }) =>
    report({ place: { kind: 'event', event }, value: ownFields(event), verdict: verdicts.event(event) }),
  );
  // Messages are received only while somebody listens, so listen only if a schema describes any.
  const offMessages =
    schemas.messages &&
    conference.on('message', (message) =>
      report({
        place: { kind: 'message', message },
        value: message.payload,
        verdict: verdicts.message(message),
      }),
    );
  queueMicrotask(reportAll);
  return () => {
    isOn = false;
    offState();
    offEvents();
    offMessages?.();
  };
}
