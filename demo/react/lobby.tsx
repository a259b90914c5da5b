import { useEffect, useRef, type ReactNode } from 'react';
import { readDisplayName } from '../shared/read-display-name.ts';
import { DeviceField } from './device-field.tsx';
import { page } from './page.ts';
import { RoundButton } from './round-button.tsx';
import { useStore } from './use-store.ts';

interface LobbyProps {
  readonly name: string;
  readonly isBusy: boolean;
  readonly problem: string;
  readonly onJoin: (name: string) => void;
}

/** Lets the user preview devices and enter a name before joining. */
export function Lobby({ name, isBusy, problem, onJoin }: LobbyProps): ReactNode {
  const { lobby, menus, room } = page;
  const { selection, mediaStream, isOpening, problems } = useStore(lobby);
  const { menus: all, problem: devicesProblem } = useStore(menus);
  const video = useRef<HTMLVideoElement>(null);
  const joinButton = useRef<HTMLButtonElement>(null);
  const hasVideo = selection.camera && Boolean(mediaStream?.getVideoTracks().length);

  useEffect(() => lobby.open(), [lobby]);
  useEffect(() => {
    if (video.current) video.current.srcObject = mediaStream ?? null;
  }, [mediaStream]);
  useEffect(() => {
    // Disabling the button took its focus. On small screens, focusing it also scrolls to the error.
    if (problem) joinButton.current?.focus();
  }, [problem]);

  return (
    <form
      className="lobby card"
      onSubmit={(event) => {
        event.preventDefault();
        onJoin(readDisplayName(event.currentTarget));
      }}
    >
      <div className="preview" data-testid="preview">
        <video ref={video} autoPlay playsInline muted hidden={!hasVideo} />
        {!hasVideo && <p className="preview-note">{isOpening ? 'Starting…' : 'Camera is off'}</p>}
        <div className="preview-controls">
          <RoundButton
            name="mic"
            icon="microphone"
            label="Microphone"
            isPressed={selection.microphone}
            onPress={() => lobby.select({ microphone: !selection.microphone })}
          />
          <RoundButton
            name="camera"
            icon="camera"
            label="Camera"
            isPressed={selection.camera}
            onPress={() => lobby.select({ camera: !selection.camera })}
          />
        </div>
      </div>
      <div className="lobby-fields">
        <h1>Ready to join?</h1>
        <p className="room">
          You’re about to join <strong>{room}</strong>.
        </p>
        <label className="field">
          Your name
          <input
            name="name"
            data-testid="name-input"
            autoComplete="name"
            maxLength={40}
            required
            defaultValue={name}
          />
        </label>
        {all.map((menu) => (
          <DeviceField
            key={menu.kind}
            menu={menu}
            {...(menu.kind !== 'speaker' && { problem: problems[menu.kind] })}
          >
            {menu.kind === 'microphone' && <Level />}
          </DeviceField>
        ))}
        <p className="error" role="alert" data-testid="error">
          {problem || devicesProblem}
        </p>
        <button ref={joinButton} className="button primary" data-testid="join-button" disabled={isBusy}>
          {isBusy ? 'Joining…' : 'Join'}
        </button>
      </div>
    </form>
  );
}

/** A separate component, because it changes ten times a second. */
function Level(): ReactNode {
  const { level } = useStore(page.lobby.level);
  return <meter className="level" data-testid="level" aria-label="Microphone level" value={level} />;
}
