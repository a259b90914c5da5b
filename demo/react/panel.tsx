import { useEffect, useRef, type ReactNode } from 'react';
import { focusPanel } from '../shared/focus-panel.ts';
import { RoundButton } from './round-button.tsx';

interface PanelProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A panel beside the tiles that has the focus while it is open. */
export function Panel({ title, onClose, children }: PanelProps): ReactNode {
  const element = useRef<HTMLElement>(null);
  const close = useRef(onClose);
  useEffect(() => {
    close.current = onClose;
  });
  useEffect(() => {
    if (element.current) return focusPanel(element.current, () => close.current());
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
