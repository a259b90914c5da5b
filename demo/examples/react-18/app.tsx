import { ParleyCall } from '@parley-rtc/react/elements';
import { useEffect, useState } from 'react';

/** Where the call is, and the right to join it, from the back end. */
interface Invitation {
  server: string;
  ticket: string;
}

export function App() {
  const [invitation, setInvitation] = useState<Invitation>();
  useEffect(() => {
    fetch(`/ticket${location.search}`, { method: 'POST' })
      .then((answer) => answer.json())
      .then(setInvitation);
  }, []);
  if (!invitation) return null;
  return <ParleyCall {...invitation} onEnded={() => (document.title = 'Goodbye')} />;
}
