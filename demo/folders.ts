import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const workspaceFolder: string = fileURLToPath(new URL('..', import.meta.url));
export const sdkFolder: string = join(workspaceFolder, 'packages', 'sdk');
/** Where the SDK's `build:script-tag` writes. */
export const scriptTagFolder: string = join(sdkFolder, 'dist');
export const elementsFolder: string = join(workspaceFolder, 'packages', 'elements');
/** Where the elements' `build:bundle` writes what pages without a bundler load. */
export const bundleFolder: string = join(elementsFolder, 'dist', 'bundle');
/** Node keeps compiled code there, which makes each start of a program but the first a third faster. */
export const compileCacheFolder: string = join(workspaceFolder, 'node_modules', '.cache', 'parley-demo');
