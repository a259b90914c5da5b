// Separate ports, so that journeys can run beside `npm start`. The offset lets several runs share a machine.
const offset = Number(process.env['PARLEY_E2E_PORT_OFFSET'] ?? 0);
export const demoPort: number = 5293 + offset;
export const apiPort: number = 8893 + offset;
export const demoUrl: string = `http://localhost:${demoPort}`;
export const apiUrl: string = `http://localhost:${apiPort}`;
