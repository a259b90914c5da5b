import { useConferenceState, type Publication } from '@parley-rtc/react';
import { selectSelf, type Conference } from '@parley-rtc/sdk';
import type { ReactNode } from 'react';
import type { Call } from '../shared/call.ts';
import { canShareScreen } from '../shared/can-share-screen.ts';
import { personOf } from '../shared/people.ts';
import { RoundButton } from './round-button.tsx';
import { useStore } from './use-store.ts';

export type PanelName = 'chat' | 'settings';

interface ControlsProps {
  readonly conference: Conference;
  readonly call: Call;
  readonly screen: Publication;
  /** The panel that is open. */
  readonly panel: PanelName | undefined;
  readonly onPanel: (panel: PanelName | undefined) => void;
}

/** The user's controls in the call. */
export function Controls({ conference, call, screen, panel, onPanel }: ControlsProps): ReactNode {
  const { media, chat } = call;
  const { isMicrophoneOn, isCameraOn, isChanging } = useStore(media);
  const { unread } = useStore(chat);
  const self = useConferenceState(conference, selectSelf);
  const toggle = (name: PanelName) => onPanel(panel === name ? undefined : name);
  return (
    <footer className="controls">
      <RoundButton
        name="mic"
        icon="microphone"
        label="Microphone"
        isPressed={isMicrophoneOn}
        isBusy={isChanging}
        onPress={media.switchMicrophone}
      />
      <RoundButton
        name="camera"
        icon="camera"
        label="Camera"
        isPressed={isCameraOn}
        isBusy={isChanging}
        onPress={media.switchCamera}
      />
      {canShareScreen && (
        <RoundButton
          name="screen"
          icon="screen"
          label="Share screen"
          isPressed={screen.stream !== undefined}
          isBusy={screen.isBusy}
          onPress={() => call.attempt(() => screen.toggle())}
        />
      )}
      <RoundButton
        name="hand"
        icon="hand"
        label="Raise hand"
        isPressed={personOf(call.typed, self).isHandRaised}
        onPress={call.switchHand}
      />
      <RoundButton
        name="chat"
        icon="chat"
        label="Messages"
        isExpanded={panel === 'chat'}
        count={unread}
        onPress={() => toggle('chat')}
      />
      <RoundButton
        name="settings"
        icon="settings"
        label="Settings"
        isExpanded={panel === 'settings'}
        onPress={() => toggle('settings')}
      />
      <RoundButton name="leave" icon="leave" label="Leave call" onPress={() => conference.leave()} />
    </footer>
  );
}
