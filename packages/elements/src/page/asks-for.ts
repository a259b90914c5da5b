import type { MediaSelection } from './remembered.ts';

/** Whether the browser asks the user before it opens these devices; false if it does not say. Never rejects. */
export async function asksFor({ camera, microphone }: MediaSelection): Promise<boolean> {
  const names: readonly PermissionName[] = [
    ...(camera ? (['camera'] as const) : []),
    ...(microphone ? (['microphone'] as const) : []),
  ];
  const states = await Promise.all(names.map(stateOf));
  return states.includes('prompt');
}

async function stateOf(name: PermissionName): Promise<PermissionState | undefined> {
  try {
    return (await navigator.permissions.query({ name })).state;
  } catch {
    // No permissions API, or one that does not know cameras.
    return undefined;
  }
}
