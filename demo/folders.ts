import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const workspaceFolder: string = fileURLToPath(new URL('..', import.meta.url));
export const sdkFolder: string = join(workspaceFolder, 'packages', 'sdk');
/** Where `build:script-tag` writes. */
export const scriptTagFolder: string = join(sdkFolder, 'dist');
/** Node keeps compiled code there, which makes each start of a program but the first a third faster. */
export const compileCacheFolder: string = join(workspaceFolder, 'node_modules', '.cache', 'parley-demo');
