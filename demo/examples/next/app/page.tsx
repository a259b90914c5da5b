'use client';

import { ParleyCall } from '@parley-rtc/react/elements';
import { useEffect, useState } from 'react';

/** Where the call is, and the right to join it, from the back end. */
interface Invitation {
  server: string;
  ticket: string;
}

export default function Page() {
  const [invitation, setInvitation] = useState<Invitation>();
  const [ending, setEnding] = useState<string>();
  useEffect(() => {
    fetch(`/ticket${location.search}`, { method: 'POST' })
      .then((answer) => answer.json())
      .then(setInvitation);
  }, []);
  return (
    <>
      {ending !== undefined && <title>Goodbye</title>}
      {invitation && (
        <ParleyCall
          server={invitation.server}
          ticket={invitation.ticket}
          onEnded={({ detail }) => setEnding(detail.ending)}
        />
      )}
    </>
  );
}
