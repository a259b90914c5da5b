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

/** Reads a verified profile; undefined for anything else. Texts that are empty, and a picture without https, are left out. */
export function readProfile(value: unknown): VerifiedProfile | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, picture, role } = value as Readonly<Record<string, unknown>>;
  return {
    ...(isText(name) && { name }),
    ...(isText(picture) && picture.startsWith('https://') && { picture }),
    ...(isText(role) && { role }),
  };
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}
