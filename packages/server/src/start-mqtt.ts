import type { Actor } from './actor.ts';
import type { Auth } from './auth/create-auth.ts';
import { MqttServer, type MqttLog } from './mqtt/mqtt-server.ts';
import type { Conferencing, Foundation } from './start-conferencing.ts';

/** What {@link startMqtt} needs besides the parts of the server. */
export interface MqttParts {
  /** Counts a call of a user; undefined without rate limits. */
  readonly limitUser: ((actor: Actor) => Promise<void>) | undefined;
  readonly log: MqttLog;
}

/** MQTT for official mobile clients, connected to the logins and to what pushes send. */
export function startMqtt(
  { clock, storage, limits, onError }: Foundation,
  { conferences, endpoints, pushes, waiting }: Conferencing,
  auth: Pick<Auth, 'authenticate' | 'requireLogin'>,
  { limitUser, log }: MqttParts,
): Promise<MqttServer> {
  return MqttServer.create({
    clock,
    limits,
    log,
    onError,
    waiting,
    source: { conferences, pushes, log: storage.log },
    owns: (actor, endpointId) => endpoints.owns(actor, endpointId),
    authenticate: async (authorization) => {
      // The endpoint may have been registered at another node a moment ago.
      await storage.shared?.sharing.caughtUp();
      const actor = await auth.authenticate(authorization);
      await limitUser?.(actor);
      return actor;
    },
    requireLogin: auth.requireLogin,
  });
}
