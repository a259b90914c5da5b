import type { ReactNode } from 'react';

interface OverProps {
  readonly status: 'left' | 'ended';
  readonly room: string;
  readonly onRejoin: () => void;
}

/** Says why the call is over, and offers the way back. */
export function Over({ status, room, onRejoin }: OverProps): ReactNode {
  return (
    <section className="card over">
      <h1>{status === 'left' ? 'You left the call' : 'The call has ended'}</h1>
      <p className="room">
        The room <strong>{room}</strong> stays open for you.
      </p>
      <button className="button primary" type="button" data-testid="join-button" onClick={onRejoin}>
        Join again
      </button>
      <a href="/">Back to the first page</a>
    </section>
  );
}
