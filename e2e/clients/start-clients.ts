import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { startChromium, startFirefox } from './browser-client.ts';
import { ensureMediaPrograms, systemPython } from './ensure-media-programs.ts';
import type { MediaClient } from './media-client.ts';
import { startProgram } from './program-client.ts';

const programs = fileURLToPath(new URL('programs/', import.meta.url));

/** All clients of the matrix, and a function that ends them. */
export interface RunningClients {
  readonly clients: readonly MediaClient[];
  readonly close: () => Promise<void>;
}

/** Starts every client, each in a process of its own. */
export async function startClients(): Promise<RunningClients> {
  ensureMediaPrograms();
  // Browsers open a microphone only on a page of a trustworthy origin, such as localhost.
  const pages = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>Client</title>');
  }).listen(0, '127.0.0.1');
  await once(pages, 'listening');
  const pageUrl = `http://localhost:${(pages.address() as AddressInfo).port}/`;
  const browsers = Promise.all([startChromium(pageUrl), startFirefox(pageUrl)]);
  const clients: readonly MediaClient[] = [
    ...(await browsers),
    startProgram('gstreamer', systemPython, [`${programs}gstreamer_client.py`]),
    startProgram('aiortc', systemPython, [`${programs}aiortc_client.py`]),
    startProgram('werift', process.execPath, [`${programs}werift-client.ts`]),
    startProgram('libwebrtc', process.execPath, [`${programs}libwebrtc-client.ts`]),
  ];
  return {
    clients,
    close: async () => {
      await Promise.all(clients.map((client) => client.close()));
      pages.close();
    },
  };
}
