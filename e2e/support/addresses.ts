// Ports of their own, so that the journeys can run beside an `npm start`.
export const demoPort = 5293;
export const apiPort = 8893;
export const demoUrl: string = `http://localhost:${demoPort}`;
