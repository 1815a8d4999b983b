import { Dialog as Base } from '@base-ui/react/dialog';
import type { ReactNode } from 'react';
import type { Action } from './keys';

export interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  /** Keys that are heard while it is open. */
  actions?: Action[];
  wide?: boolean;
}

/** Only for what cannot be undone, or what must be answered; its title is a question or the verb. */
export default function DialogBox({ title, onClose, children, footer, wide = false }: DialogProps) {
  return (
    <Base.Root open onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="veil" />
        <Base.Popup className={`dialog at-centre ${wide ? 'wide' : ''}`}>
          <Base.Title render={<h2 />}>{title}</Base.Title>
          {children}
          {footer && <div className="acts">{footer}</div>}
        </Base.Popup>
      </Base.Portal>
    </Base.Root>
  );
}
