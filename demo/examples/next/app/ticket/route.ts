import { roomTicket } from '@parley-rtc/client';

/** Lets the user into the room. Here your back end decides whether they may enter, and knows their name. */
export async function POST(request: Request): Promise<Response> {
  const room = new URL(request.url).searchParams.get('room') ?? 'lobby';
  const { PARLEY_URL = '', PARLEY_CLIENT_ID = '', PARLEY_CLIENT_SECRET = '' } = process.env;
  const ticket = await roomTicket({
    server: PARLEY_URL,
    clientId: PARLEY_CLIENT_ID,
    clientSecret: PARLEY_CLIENT_SECRET,
    room,
  });
  return Response.json(ticket);
}
