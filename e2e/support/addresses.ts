// Ports of their own, so that the journeys can run beside an `npm start`; moved on to run beside other journeys.
const offset = Number(process.env['PARLEY_E2E_PORT_OFFSET'] ?? 0);
export const demoPort: number = 5293 + offset;
export const apiPort: number = 8893 + offset;
export const demoUrl: string = `http://localhost:${demoPort}`;
