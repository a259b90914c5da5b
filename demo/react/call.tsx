import { useConferenceState } from '@parley-rtc/react';
import type { Conference } from '@parley-rtc/sdk';
import { type ReactNode, useEffect, useState } from 'react';
import { copyLink } from '../shared/copy-link.ts';
import { firstStatus, followCall } from '../shared/follow-call.ts';
import { messageOf } from '../shared/message-of.ts';
import { isOn } from '../shared/own-streams.ts';
import { countOf } from '../shared/people.ts';
import { tilesOf } from '../shared/tiles.ts';
import type { Wishes } from '../shared/wishes.ts';
import { ControlButton } from './control-button.tsx';
import { OwnTile, RemoteTile } from './tile.tsx';
import { useOwnStreams } from './use-own-streams.ts';

interface CallProps {
  readonly conference: Conference;
  readonly room: string;
  readonly wishes: Wishes;
}

/** The call: everybody's tiles, and the buttons for our own part. */
export function Call({ conference, room, wishes }: CallProps): ReactNode {
  const snapshot = useConferenceState(conference, (all) => all);
  const [status, setStatus] = useState(firstStatus);
  const [problem, setProblem] = useState('');
  const [blocked, setBlocked] = useState<readonly HTMLMediaElement[]>([]);
  const own = useOwnStreams(conference, wishes, setProblem);

  useEffect(
    () =>
      followCall(conference, {
        onStatus: setStatus,
        onError: setProblem,
        onBlocked: (element) => setBlocked((others) => [...others, element]),
      }),
    [conference],
  );

  const people = snapshot.conference.participants.length;
  const ownTracks = [own.devices, own.screen];
  const unblock = async (): Promise<void> => {
    setBlocked([]);
    try {
      await Promise.all(blocked.map((element) => element.play()));
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  const copy = async (): Promise<void> => {
    if (await copyLink(room)) setStatus({ text: 'Link copied', connection: snapshot.connection });
  };

  return (
    <>
      <header className="call-header">
        <h1>{room}</h1>
        <span data-testid="participants-count">{countOf(people)}</span>
        <p
          className="status"
          role="status"
          aria-live="polite"
          data-testid="status"
          data-connection={status.connection}
        >
          {status.text}
        </p>
      </header>
      <p className="error" role="alert" data-testid="error">
        {problem}
      </p>
      {blocked.length > 0 && (
        <button className="button" type="button" data-testid="unblock-button" onClick={() => void unblock()}>
          Turn on sound
        </button>
      )}
      <section className="tiles" aria-label="People in this call">
        {tilesOf(snapshot).map((tile) =>
          tile.isSelf ? (
            <OwnTile
              key={tile.key}
              tile={tile}
              stream={ownTracks.find((mine) => mine?.id === tile.streamId)}
            />
          ) : (
            <RemoteTile key={tile.key} tile={tile} conference={conference} />
          ),
        )}
      </section>
      {people === 1 && (
        <p className="empty" data-testid="empty">
          You are alone here. Open this link in another tab, or send it to somebody.
          <button className="button" type="button" onClick={() => void copy()}>
            Copy the link
          </button>
        </p>
      )}
      <footer className="controls">
        <ControlButton
          name="mic"
          icon="microphone"
          label="Microphone"
          isPressed={isOn(snapshot, own.devices, 'audio')}
          isDisabled={own.isChanging}
          onPress={() => own.switchDevice('audio')}
        />
        <ControlButton
          name="camera"
          icon="camera"
          label="Camera"
          isPressed={isOn(snapshot, own.devices, 'video')}
          isDisabled={own.isChanging}
          onPress={() => own.switchDevice('video')}
        />
        <ControlButton
          name="screen"
          icon="screen"
          label="Share your screen"
          isPressed={isOn(snapshot, own.screen, 'video')}
          onPress={own.switchScreen}
        />
        <ControlButton name="copy" icon="link" label="Copy the link" onPress={copy} />
        <ControlButton name="leave" icon="leave" label="Leave the call" onPress={() => conference.leave()} />
      </footer>
    </>
  );
}
