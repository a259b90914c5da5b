import type { ReactNode } from 'react';
import { readForm, type Wishes } from '../shared/wishes.ts';

interface LobbyProps {
  readonly room: string;
  readonly wishes: Wishes;
  readonly isBusy: boolean;
  readonly problem: string;
  readonly onJoin: (wishes: Wishes) => void;
}

/** Asks for a name and what to bring. */
export function Lobby({ room, wishes, isBusy, problem, onJoin }: LobbyProps): ReactNode {
  return (
    <form
      className="lobby card"
      onSubmit={(event) => {
        event.preventDefault();
        onJoin(readForm(event.currentTarget));
      }}
    >
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
          defaultValue={wishes.name}
        />
      </label>
      <fieldset className="choices" aria-label="Join with">
        <label className="choice">
          <input type="checkbox" name="camera" defaultChecked={wishes.camera} /> Camera
        </label>
        <label className="choice">
          <input type="checkbox" name="microphone" defaultChecked={wishes.microphone} /> Microphone
        </label>
      </fieldset>
      <p className="error" role="alert" data-testid="error">
        {problem}
      </p>
      <button className="button primary" data-testid="join-button" disabled={isBusy}>
        {isBusy ? 'Joining…' : 'Join'}
      </button>
    </form>
  );
}
