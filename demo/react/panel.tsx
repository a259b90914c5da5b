import { type ReactNode, useEffect, useRef } from 'react';
import { enterPanel } from '../shared/enter-panel.ts';
import { RoundButton } from './round-button.tsx';

interface PanelProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** Something beside the tiles, with the focus in it while it is open. */
export function Panel({ title, onClose, children }: PanelProps): ReactNode {
  const element = useRef<HTMLElement>(null);
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });
  useEffect(() => {
    if (element.current) return enterPanel(element.current, () => close.current());
  }, []);
  return (
    <aside ref={element} className="panel card" aria-label={title}>
      <div className="panel-header">
        <h2>{title}</h2>
        <RoundButton name="close" icon="close" label="Close" isSmall onPress={onClose} />
      </div>
      {children}
    </aside>
  );
}
