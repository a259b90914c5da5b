import { ParleyCall } from '@parley-rtc/react/elements';
import { Suspense, use, useState } from 'react';

/** Where the call is, and the right to join it, from the back end. */
interface Invitation {
  server: string;
  ticket: string;
}

async function invite(): Promise<Invitation> {
  const answer = await fetch(`/ticket${location.search}`, { method: 'POST' });
  return answer.json();
}

const invitation = invite();

export function App() {
  return (
    <Suspense>
      <Call />
    </Suspense>
  );
}

function Call() {
  const { server, ticket } = use(invitation);
  const [ending, setEnding] = useState<string>();
  return (
    <ParleyCall server={server} ticket={ticket} onEnded={({ detail }) => setEnding(detail.ending)}>
      <h1 slot="lobby-title">Ready for your appointment?</h1>
      {ending !== undefined && <title>Goodbye</title>}
    </ParleyCall>
  );
}
