import { useConferenceState, usePlayback, usePublication } from '@parley-rtc/react';
import * as sdk from '@parley-rtc/sdk';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { Call } from '../shared/call.ts';
import { keepFocus } from '../shared/keep-focus.ts';
import { countOf } from '../shared/people.ts';
import { tilesOf } from '../shared/tiles.ts';
import { ChatPanel } from './chat-panel.tsx';
import { Controls, type PanelName } from './controls.tsx';
import { page } from './page.ts';
import { RoundButton } from './round-button.tsx';
import { SettingsPanel } from './settings-panel.tsx';
import { OwnTile, RemoteTile } from './tile.tsx';
import { useCall } from './use-call.ts';
import { useStore } from './use-store.ts';

interface CallRoomProps {
  readonly conference: sdk.Conference;
}

/** The call, once it is set up. */
export function CallRoom({ conference }: CallRoomProps): ReactNode {
  const call = useCall(conference);
  return call && <Room conference={conference} call={call} />;
}

/** The participants' tiles, the status and the controls. */
function Room({ conference, call }: { readonly conference: sdk.Conference; readonly call: Call }): ReactNode {
  const snapshot = useConferenceState(conference, (all) => all);
  const insight = useStore(call.insight);
  const status = useStore(call.status);
  const media = useStore(call.media);
  const screen = usePublication(conference, { screen: true });
  const playback = usePlayback(conference);
  const error = screen.error ?? playback.error;
  useEffect(() => (error ? call.status.showError(error) : undefined), [call, error]);
  const [panel, setPanel] = useState<PanelName>();
  const closePanel = () => setPanel(undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => (heading.current ? keepFocus(heading.current) : undefined), []);

  return (
    <>
      <header className="call-header">
        <h1 ref={heading} tabIndex={-1}>
          {page.room}
        </h1>
        <RoundButton name="copy" icon="link" label="Copy link" isSmall onPress={call.copyLink} />
        <span data-testid="participants-count">{countOf(snapshot)}</span>
        <p className="status" role="status" data-testid="status" data-connection={snapshot.connection}>
          {status.text}
        </p>
      </header>
      {snapshot.connection === 'reconnecting' && (
        <p className="banner alarming" role="alert" data-testid="reconnecting">
          Connection lost. Reconnecting…
        </p>
      )}
      {sdk.selectOnHold(snapshot) && (
        <div className="banner" role="status" data-testid="on-hold">
          The call is on hold. Cameras and microphones are paused.
          <button className="button" type="button" onClick={() => void call.switchHold()}>
            Resume call
          </button>
        </div>
      )}
      {playback.isBlocked && (
        <div className="banner" role="status">
          Your browser blocked audio. Click to hear everyone.
          <button
            className="button"
            type="button"
            data-testid="unblock-button"
            onClick={() => void call.attempt(playback.start)}
          >
            Turn on sound
          </button>
        </div>
      )}
      {media.isSpeakingMuted && (
        <p className="banner" role="status" data-testid="speaking-muted">
          You’re muted. Turn on your microphone to be heard.
        </p>
      )}
      <p className="error" role="alert" data-testid="error">
        {status.problem}
      </p>
      <div className="stage">
        <section className="tiles" aria-label="People in this call">
          {tilesOf(sdk, call.typed, snapshot, insight).map((tile) =>
            tile.isSelf ? (
              <OwnTile
                key={tile.key}
                tile={tile}
                stream={[media.devices, screen.stream].find((mine) => mine?.id === tile.streamId)}
              />
            ) : (
              <RemoteTile key={tile.key} tile={tile} conference={conference} />
            ),
          )}
        </section>
        {panel === 'chat' && <ChatPanel conference={conference} chat={call.chat} onClose={closePanel} />}
        {panel === 'settings' && (
          <SettingsPanel call={call} isOnHold={sdk.selectOnHold(snapshot)} onClose={closePanel} />
        )}
      </div>
      {snapshot.conference.participants.length === 1 && (
        <p className="empty" data-testid="empty">
          You’re the only one here. Open this link in another tab, or share it to invite others.
          <button className="button" type="button" onClick={() => void call.copyLink()}>
            Copy link
          </button>
        </p>
      )}
      <Controls conference={conference} call={call} screen={screen} panel={panel} onPanel={setPanel} />
    </>
  );
}
