// A back end for calls: `POST /ticket?room=<name>` lets whoever may call it join the room.
import { createServer } from 'node:http';
import { roomTicket } from '@parley-rtc/client';

const { PARLEY_URL, PARLEY_CLIENT_ID, PARLEY_CLIENT_SECRET, PORT = '8000' } = process.env;

/** Opens the room, unless it is open, and returns what the page needs to join it. */
const invite = (room, name) =>
  roomTicket({
    server: PARLEY_URL,
    clientId: PARLEY_CLIENT_ID,
    clientSecret: PARLEY_CLIENT_SECRET,
    room,
    ...(name && { user: { name } }),
    rights: { record: false },
    lifetimeS: 3600,
  });

const server = createServer(async ({ method, url }, response) => {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const room = searchParams.get('room');
  // Here your back end decides whether this user may join this room, and reads their name from its session.
  if (method !== 'POST' || pathname !== '/ticket' || !room) return response.writeHead(404).end();
  try {
    const ticket = await invite(room, searchParams.get('name'));
    response.setHeader('content-type', 'application/json').end(JSON.stringify(ticket));
  } catch (error) {
    console.error(error);
    response.writeHead(502).end();
  }
});
server.listen(Number(PORT), () =>
  console.log(`The back end listens on http://localhost:${server.address().port}`),
);
