import { globSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** Browsers ask for Brotli only over https and on this machine. */
const encodings = {
  // The highest quality takes many times as long, for files that are hardly smaller.
  '.br': (content: Buffer) =>
    promisify(brotliCompress)(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
  '.gz': (content: Buffer) => promisify(gzip)(content),
};

/** Puts a compressed copy beside each text file in `folder`. */
export async function compressFiles(folder: string): Promise<void> {
  const files = globSync('**/*.{html,js,css}', { cwd: folder });
  await Promise.all(
    files.flatMap((file) =>
      Object.entries(encodings).map(async ([extension, compress]) => {
        const path = join(folder, file);
        await writeFile(`${path}${extension}`, await compress(await readFile(path)));
      }),
    ),
  );
}
