import type { PanelName, RemoveDetail } from '@parley-rtc/elements';
import { callOf } from '@parley-rtc/elements/headless';
import { useActiveSpeakers, useConferenceState } from '@parley-rtc/react';
import {
  ParleyAudio,
  ParleyChat,
  ParleyConference,
  ParleyControls,
  ParleyInvite,
  ParleyNotices,
  ParleyPeople,
  ParleySettings,
  ParleyStage,
} from '@parley-rtc/react/elements';
import { displayNameOf, selectSelf, type Conference } from '@parley-rtc/sdk';
import { useState } from 'react';
import { room } from '../join-options.ts';

/** The call in a layout of our own: who is here, the stage, and a chat that is always open. */
export function Call({ conference }: { conference: Conference }) {
  const [panel, setPanel] = useState<PanelName>('chat');
  const participants = useConferenceState(conference, (snapshot) => snapshot.conference.participants);
  const self = useConferenceState(conference, selectSelf);
  const speakerIds = useActiveSpeakers(conference).map(({ participant }) => participant.id);

  const isAway = self?.metadata['isAway'] === true;
  // A failure becomes a notice.
  const { attempt } = callOf(conference);
  const toggleAway = () =>
    void attempt(() => conference.setParticipantMetadata({ ...self?.metadata, isAway: !isAway }));
  const remove = ({ detail }: CustomEvent<RemoveDetail>) => {
    const name = detail.person.name ?? 'this guest';
    if (!confirm(`Remove ${name} from the call?`)) return;
    void attempt(() => conference.moderation.remove(detail.participantId));
  };
  /** The chat takes the place of another panel that closes. */
  const show = (next: PanelName) => setPanel(next === panel ? 'chat' : next);
  const backToChat = () => setPanel('chat');

  return (
    <ParleyConference conference={conference}>
      <main className="call">
        <header>
          <h1>{room}</h1>
          <ul>
            {participants.map((participant) => (
              <li key={participant.id} data-speaking={speakerIds.includes(participant.id)}>
                {displayNameOf(participant).name ?? 'Guest'}
                {participant.metadata['isAway'] === true && ' (away)'}
              </li>
            ))}
          </ul>
          <button type="button" className="own" aria-pressed={isAway} onClick={toggleAway}>
            Be right back
          </button>
          <how-it-works conference={conference} />
        </header>
        <div className="stage">
          <ParleyStage onRemove={remove} />
          <ParleyNotices />
        </div>
        <ParleyControls openPanel={panel} onPanel={({ detail }) => show(detail.panel)} />
        <aside>
          {panel === 'chat' && <ParleyChat />}
          {panel === 'people' && <ParleyPeople onClose={backToChat} />}
          {panel === 'settings' && <ParleySettings onClose={backToChat} />}
          {panel === 'invite' && <ParleyInvite onClose={backToChat} />}
        </aside>
        <ParleyAudio />
      </main>
    </ParleyConference>
  );
}
