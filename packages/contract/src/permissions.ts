import type { Permissions, StreamSource, StreamType, VerifiedProfile } from './types.ts';

/** Everything that a participant may do without being trusted with others: publish, view and send. */
export const ordinaryPermissions: Permissions = {
  publish: ['MIC', 'CAM', 'SCREEN'],
  view: true,
  send: true,
  moderate: false,
  record: false,
};

const sourcesOf: Readonly<Record<StreamType, readonly StreamSource[]>> = {
  MIC: ['MIC'],
  CAM: ['CAM'],
  MIC_AND_CAM: ['MIC', 'CAM'],
  SCREEN: ['SCREEN'],
  UNKNOWN: [],
};

/** Whether these permissions allow a stream of this type. */
export function mayPublish({ publish }: Permissions, type: StreamType): boolean {
  return sourcesOf[type].every((source) => publish.includes(source));
}

/** Reads permissions of a server or of a metadata entry; undefined for anything else. Unknown sources are left out. */
export function readPermissions(value: unknown): Permissions | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { publish, view, send, moderate, record } = value as Readonly<Record<string, unknown>>;
  if (!Array.isArray(publish) || !isFlag(view) || !isFlag(send) || !isFlag(moderate) || !isFlag(record)) {
    return undefined;
  }
  const sources = ordinaryPermissions.publish.filter((source) => publish.includes(source));
  return { publish: sources, view, send, moderate, record };
}

/** Reads a verified profile; undefined for anything else. Fields that are no texts are left out. */
export function readProfile(value: unknown): VerifiedProfile | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, picture, role } = value as Readonly<Record<string, unknown>>;
  return {
    ...(typeof name === 'string' && { name }),
    ...(typeof picture === 'string' && { picture }),
    ...(typeof role === 'string' && { role }),
  };
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}
