import type { Device } from './device.ts';

/**
 * What the user wants, which outlives ids and unplugging: one device by its label, what the system takes, or the first
 * that is there of several.
 */
export type DeviceIntent =
  | { readonly mode: 'follow-system' }
  | { readonly mode: 'manual'; readonly label: string }
  | { readonly mode: 'ranked'; readonly labels: readonly string[] };

/** Why a device was chosen. `fallback`: nothing that was wished for is there, so it is the system's. */
export type ChoiceReason = 'chosen' | 'ranked' | 'system-default' | 'fallback' | 'none-there';

export interface DeviceChoice {
  readonly device: Device | undefined;
  readonly reason: ChoiceReason;
}

/** The device that fits the intent best among those of one kind. */
export function chooseDevice(devices: readonly Device[], intent: DeviceIntent): DeviceChoice {
  const usual = devices.find(({ isDefault }) => isDefault) ?? devices[0];
  if (!usual) return { device: undefined, reason: 'none-there' };
  if (intent.mode === 'follow-system') return { device: usual, reason: 'system-default' };
  const labels = intent.mode === 'manual' ? [intent.label] : intent.labels;
  for (const wanted of labels) {
    const device = devices.find(({ label }) => label !== '' && label === wanted);
    if (device) return { device, reason: intent.mode === 'manual' ? 'chosen' : 'ranked' };
  }
  return { device: usual, reason: 'fallback' };
}

/** Reads an intent that was stored, by whatever version of whatever page; undefined for anything else. */
export function parseIntent(json: string | null): DeviceIntent | undefined {
  try {
    const { mode, label, labels } = JSON.parse(json ?? '') as Readonly<Record<string, unknown>>;
    if (mode === 'follow-system') return { mode };
    if (mode === 'manual' && typeof label === 'string') return { mode, label };
    if (mode === 'ranked' && Array.isArray(labels) && labels.every((one) => typeof one === 'string')) {
      return { mode, labels };
    }
  } catch {
    // Somebody else's entry, or none.
  }
  return undefined;
}
