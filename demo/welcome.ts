import type { Settings } from './read-settings.ts';
import { roomName } from './room-name.ts';

/** What the terminal shows once everything runs; `command` is the command that started it. */
export function welcome({ lanAddress, pagesPort, apiPort }: Settings, command: string): string {
  const room = roomName();
  const origin =
    lanAddress === undefined ? `http://localhost:${pagesPort}` : `https://${lanAddress}:${pagesPort}`;
  const devices =
    lanAddress === undefined
      ? `${command} -- --lan`
      : 'open the same link there; the certificate is self-signed, so the browser asks once';
  return `
  Parley is ready:

    ➜  ${origin}/script-tag/?room=${room}

  Second tab      open the same link there too: that is a call
  All pages       ${origin}/?room=${room}
  Other devices   ${devices}
  API             http://127.0.0.1:${apiPort}/rtc-api, described by ${origin}/openapi.yaml
  To end          Ctrl+C
`;
}
