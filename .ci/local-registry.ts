import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename } from 'node:path';
import type { PackedPackage } from './pack-packages.ts';

/** A registry of this machine with only the packed packages. */
export interface LocalRegistry {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Serves packed packages as a registry does, so that package managers resolve the ranges between them as they will once the
 * packages are published. Use it for the scope `@parley-rtc` alone.
 */
export async function startLocalRegistry(packages: readonly PackedPackage[]): Promise<LocalRegistry> {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '/').slice(1);
    const packed = packages.find(({ name, tarball }) => path === name || path === basename(tarball));
    if (!packed) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}');
    } else if (path === packed.name) {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(packumentOf(packed, url)));
    } else {
      response.writeHead(200, { 'content-type': 'application/octet-stream' });
      response.end(readFileSync(packed.tarball));
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** What a registry says about a package. */
function packumentOf({ name, version, tarball, manifest }: PackedPackage, url: string): object {
  const integrity = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
  const dist = { tarball: `${url}/${basename(tarball)}`, integrity };
  // Old enough for package managers that wait before they install what was just published.
  const time = { [version]: '2020-01-01T00:00:00.000Z' };
  return { name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } }, time };
}
