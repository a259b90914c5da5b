import type { Device } from './device.ts';

/**
 * The user's preference for a kind of device: the system's default, one device by its label, or the first available of a
 * ranked list. It stays valid when devices are unplugged or their ids change.
 */
export type DeviceIntent =
  | { readonly mode: 'follow-system' }
  | { readonly mode: 'manual'; readonly label: string }
  | { readonly mode: 'ranked'; readonly labels: readonly string[] };

/** Why a device was chosen. `fallback`: no preferred device is available, so it is the system's default. */
export type ChoiceReason = 'chosen' | 'ranked' | 'system-default' | 'fallback' | 'none-there';

export interface DeviceChoice {
  readonly device: Device | undefined;
  readonly reason: ChoiceReason;
}

/** Chooses the device that fits the intent best; all `devices` are of one kind. */
export function chooseDevice(devices: readonly Device[], intent: DeviceIntent): DeviceChoice {
  const usual = devices.find(({ isDefault }) => isDefault) ?? devices[0];
  if (!usual) return { device: undefined, reason: 'none-there' };
  if (intent.mode === 'follow-system') return { device: usual, reason: 'system-default' };
  const labels = intent.mode === 'manual' ? [intent.label] : intent.labels;
  for (const preferred of labels) {
    const device = devices.find(({ label }) => label !== '' && label === preferred);
    if (device) return { device, reason: intent.mode === 'manual' ? 'chosen' : 'ranked' };
  }
  return { device: usual, reason: 'fallback' };
}

/** Parses a stored intent; undefined for anything else, since any page or version may have written it. */
export function parseIntent(json: string | null): DeviceIntent | undefined {
  try {
    const { mode, label, labels } = JSON.parse(json ?? '') as Readonly<Record<string, unknown>>;
    if (mode === 'follow-system') return { mode };
    if (mode === 'manual' && typeof label === 'string') return { mode, label };
    if (mode === 'ranked' && Array.isArray(labels) && labels.every((one) => typeof one === 'string')) {
      return { mode, labels };
    }
  } catch {
    // Nothing is stored, or another program wrote the entry.
  }
  return undefined;
}
