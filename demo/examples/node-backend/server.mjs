// A back end for calls: `POST /ticket?room=<name>` lets whoever may call it join the room. Node 20 or newer, no dependencies.
import { createServer } from 'node:http';

const { PARLEY_URL, PARLEY_CLIENT_ID, PARLEY_CLIENT_SECRET, PORT = '8000' } = process.env;

async function post(path, body, headers) {
  const answer = await fetch(PARLEY_URL + path, { method: 'POST', body, headers });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}

/** Opens the room, unless it is open, and returns what the page needs to join it. */
async function invite(room) {
  const login = {
    grant_type: 'client_credentials',
    client_id: PARLEY_CLIENT_ID,
    client_secret: PARLEY_CLIENT_SECRET,
  };
  const { access_token: token } = await post('/security/oauth/token', new URLSearchParams(login));
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  await post('/rtc-api/conferences/create', JSON.stringify({ conferenceId: room }), headers);
  const properties = { conference_id: room };
  const command = { type: 'MULTI_USE_TICKET', length: 9, properties };
  const { id } = await post('/security/ticket', JSON.stringify(command), headers);
  return { server: PARLEY_URL, ticket: id };
}

const server = createServer(async ({ method, url }, response) => {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const room = searchParams.get('room');
  // Here your back end decides whether this user may join this room.
  if (method !== 'POST' || pathname !== '/ticket' || !room) return response.writeHead(404).end();
  try {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(await invite(room)));
  } catch (error) {
    console.error(error);
    response.writeHead(502).end();
  }
});
server.listen(Number(PORT), () =>
  console.log(`The back end listens on http://localhost:${server.address().port}`),
);
