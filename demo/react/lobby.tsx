import { type ReactNode, useEffect, useRef } from 'react';
import { readName } from '../shared/wishes.ts';
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

/** Shows and tries what to bring into the call, and asks for a name. */
export function Lobby({ name, isBusy, problem, onJoin }: LobbyProps): ReactNode {
  const { lobby, menus, room } = page;
  const { wanted, mediaStream, isOpening, problems } = useStore(lobby);
  const { menus: all, problem: devicesProblem } = useStore(menus);
  const video = useRef<HTMLVideoElement>(null);
  const joinButton = useRef<HTMLButtonElement>(null);
  const hasPicture = wanted.camera && Boolean(mediaStream?.getVideoTracks().length);

  useEffect(() => lobby.open(), [lobby]);
  useEffect(() => {
    if (video.current) video.current.srcObject = mediaStream ?? null;
  }, [mediaStream]);
  useEffect(() => {
    // It was disabled, which takes the focus away; and on a small screen this brings what went wrong into sight.
    if (problem) joinButton.current?.focus();
  }, [problem]);

  return (
    <form
      className="lobby card"
      onSubmit={(event) => {
        event.preventDefault();
        onJoin(readName(event.currentTarget));
      }}
    >
      <div className="preview" data-testid="preview">
        <video ref={video} autoPlay playsInline muted hidden={!hasPicture} />
        {!hasPicture && <p className="preview-note">{isOpening ? 'One moment…' : 'Your camera is off'}</p>}
        <div className="preview-controls">
          <RoundButton
            name="mic"
            icon="microphone"
            label="Microphone"
            isPressed={wanted.microphone}
            onPress={() => lobby.want({ microphone: !wanted.microphone })}
          />
          <RoundButton
            name="camera"
            icon="camera"
            label="Camera"
            isPressed={wanted.camera}
            onPress={() => lobby.want({ camera: !wanted.camera })}
          />
        </div>
      </div>
      <div className="lobby-fields">
        <h1>Ready to join?</h1>
        <p className="room">
          You are about to enter <strong>{room}</strong>.
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

/** A part of its own, because it changes ten times a second. */
function Level(): ReactNode {
  const { level } = useStore(page.lobby.level);
  return <meter className="level" data-testid="level" aria-label="Microphone level" value={level} />;
}
