import { roomTicket } from '@parley-rtc/client';

/** Lets the user into the room. Here your back end decides whether they may enter, and knows their name. */
export default defineEventHandler((event) => {
  const { parleyUrl, parleyClientId, parleyClientSecret } = useRuntimeConfig(event);
  return roomTicket({
    server: parleyUrl,
    clientId: parleyClientId,
    clientSecret: parleyClientSecret,
    room: String(getQuery(event).room ?? 'lobby'),
  });
});
