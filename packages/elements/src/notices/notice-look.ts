import type { IconName } from '../base/icons.ts';
import type { NoticeContent } from '../stores/create-notices.ts';
import type { TextKey } from '../texts/en.ts';

/** How notices of one kind look and what they say. Errors have texts of their own. */
export interface NoticeLook {
  readonly icon: IconName;
  readonly text: TextKey;
}

type Code = Exclude<NoticeContent['code'], 'error' | 'muted-by-moderator'>;

const looks: Readonly<Record<Code, NoticeLook>> = {
  joined: { icon: 'people', text: 'notice.joined' },
  left: { icon: 'people', text: 'notice.left' },
  removed: { icon: 'remove', text: 'notice.removed' },
  'hand-raised': { icon: 'hand', text: 'notice.hand-raised' },
  message: { icon: 'chat', text: 'notice.message' },
  waiting: { icon: 'door', text: 'notice.waiting' },
  'recording-started': { icon: 'record', text: 'notice.recording-started' },
  'recording-stopped': { icon: 'record', text: 'notice.recording-stopped' },
  reconnected: { icon: 'check', text: 'notice.reconnected' },
  'permissions-changed': { icon: 'host', text: 'notice.permissions-changed' },
};

/** Undefined for an error. */
export function noticeLook(content: NoticeContent): NoticeLook | undefined {
  if (content.code === 'error') return undefined;
  if (content.code !== 'muted-by-moderator') return looks[content.code];
  return content.kind === 'audio'
    ? { icon: 'microphone-off', text: 'notice.muted-audio' }
    : { icon: 'camera-off', text: 'notice.muted-video' };
}
