import type {
  PanelDetail,
  PanelName,
  ParleyAudio,
  ParleyChat,
  ParleyConference,
  ParleyControls,
  ParleyInvite,
  ParleyNotices,
  ParleyPeople,
  ParleySettings,
  ParleyStage,
} from '@parley-rtc/elements';
import type { Conference, DisplayName } from '@parley-rtc/sdk';
import type { DetailedHTMLProps, HTMLAttributes } from 'react';

type Element<Of, More = object> = DetailedHTMLProps<HTMLAttributes<Of>, Of> & More;
interface Closable {
  readonly 'onparley-close'?: () => void;
}

declare global {
  /** What `parley-remove` says. */
  interface RemoveDetail {
    readonly participantId: string;
    readonly person: DisplayName;
  }
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'how-it-works': { readonly conference: Conference };
      'parley-audio': Element<ParleyAudio>;
      'parley-chat': Element<ParleyChat>;
      'parley-conference': Element<ParleyConference, Pick<ParleyConference, 'conference'>>;
      'parley-controls': Element<
        ParleyControls,
        {
          readonly openPanel?: PanelName;
          readonly 'onparley-panel'?: (event: CustomEvent<PanelDetail>) => void;
        }
      >;
      'parley-invite': Element<ParleyInvite, Closable>;
      'parley-notices': Element<ParleyNotices>;
      'parley-people': Element<ParleyPeople, Closable>;
      'parley-settings': Element<ParleySettings, Closable>;
      'parley-stage': Element<
        ParleyStage,
        { readonly 'onparley-remove'?: (event: CustomEvent<RemoveDetail>) => void }
      >;
    }
  }
}
