import type { ReactNode } from 'react';
import type { Call } from '../shared/call.ts';
import { DeviceField } from './device-field.tsx';
import { page } from './page.ts';
import { Panel } from './panel.tsx';
import { useStore } from './use-store.ts';

interface SettingsPanelProps {
  readonly call: Call;
  readonly isOnHold: boolean;
  readonly onClose: () => void;
}

/** Devices, background blur and hold. */
export function SettingsPanel({ call, isOnHold, onClose }: SettingsPanelProps): ReactNode {
  const { menus, problem } = useStore(page.menus);
  const { isBlurOn, isChanging } = useStore(call.media);
  return (
    <Panel title="Settings" onClose={onClose}>
      <div className="settings">
        {menus.map((menu) => (
          <DeviceField key={menu.kind} menu={menu} />
        ))}
        <p className="error" role="alert">
          {problem}
        </p>
        <Switch
          name="blur"
          label="Blur background"
          note="Processed on your device."
          isOn={isBlurOn}
          isBusy={isChanging}
          onPress={call.media.switchBlur}
        />
        <Switch
          name="hold"
          label="Hold call"
          note="Pauses everyone’s camera and microphone until someone resumes the call."
          isOn={isOnHold}
          onPress={call.switchHold}
        />
      </div>
    </Panel>
  );
}

interface SwitchProps {
  readonly name: string;
  readonly label: string;
  readonly note: string;
  readonly isOn: boolean;
  readonly isBusy?: boolean;
  readonly onPress: () => Promise<void>;
}

function Switch({ name, label, note, isOn, isBusy, onPress }: SwitchProps): ReactNode {
  return (
    <button
      type="button"
      className="switch"
      role="switch"
      data-testid={`${name}-switch`}
      aria-checked={isOn}
      aria-disabled={isBusy}
      onClick={() => void onPress()}
    >
      <span>
        {label}
        <small>{note}</small>
      </span>
    </button>
  );
}
