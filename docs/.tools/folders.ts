import { fileURLToPath } from 'node:url';

/** The folder of the documentation. */
export const docs: string = fileURLToPath(new URL('..', import.meta.url));

/** The root of the repository. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url));
