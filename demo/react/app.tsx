import { errorText, textsIn } from '@parley-rtc/elements/headless';
import { useConference } from '@parley-rtc/react';
import type { JoinOptions, ParleyError } from '@parley-rtc/sdk';
import { useState } from 'react';
import { joinOptionsFor, language, room, titles } from '../join-options.ts';
import { Call } from './call.tsx';

/** A lobby of our own, and the call. */
export function App() {
  const [name, setName] = useState('');
  const [options, setOptions] = useState<JoinOptions>();
  const [refusal, setRefusal] = useState<ParleyError>();
  const [isAsking, setAsking] = useState(false);
  const { conference, status, error = refusal } = useConference(options);
  const isJoining = isAsking || status === 'joining' || status === 'waiting';

  const join = async (form: FormData) => {
    const chosen = form.get('name') as string;
    setName(chosen);
    setRefusal(undefined);
    setOptions(undefined);
    setAsking(true);
    try {
      setOptions(await joinOptionsFor(chosen));
    } catch (cause) {
      setRefusal(cause as ParleyError);
    }
    setAsking(false);
  };

  if (conference && status === 'joined') return <Call conference={conference} />;
  return (
    <main className="lobby">
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          void join(new FormData(event.currentTarget));
        }}
      >
        <h1>{titles[status] ?? 'Ready to join?'}</h1>
        <p>
          Room <strong>{room}</strong>. Your camera and microphone turn on when you join.
        </p>
        <label>
          Your name
          <input name="name" defaultValue={name} autoComplete="name" maxLength={200} required />
        </label>
        {error && (
          <p className="error" role="alert">
            {errorText(textsIn(language), error)}
          </p>
        )}
        <button className="button primary" disabled={isJoining}>
          {isJoining ? 'Joining…' : titles[status] ? 'Rejoin' : 'Join call'}
        </button>
      </form>
    </main>
  );
}
