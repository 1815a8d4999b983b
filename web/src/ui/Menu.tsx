/** A button with a menu. What draws the menu is loaded when a hand comes near, so that it weighs nothing before. */
import { MoreHorizontal } from 'lucide-react';
import { cloneElement, lazy, type ReactElement, type ReactNode, Suspense, useState } from 'react';

export interface Item {
  id: string;
  label: ReactNode;
  k?: string | undefined;
  run: () => void;
  danger?: boolean;
  checked?: boolean;
}

const popup = () => import('./MenuPopup');
const MenuPopup = lazy(popup);

interface TriggerProps {
  onClick?: () => void;
  onPointerEnter?: () => void;
  onFocus?: () => void;
  'aria-haspopup'?: 'menu';
}

export function Menu({
  label,
  items,
  trigger,
}: {
  label: string;
  items: Item[];
  trigger?: ReactElement<TriggerProps>;
}) {
  const [asked, setAsked] = useState(false);
  if (items.length === 0) return null;
  const button: ReactElement<TriggerProps> = trigger ?? (
    <button type="button" className="btn icon quiet" aria-label={label}>
      <MoreHorizontal className="i" aria-hidden="true" />
    </button>
  );
  const load = () => void popup();
  const closed = cloneElement(button, {
    onClick: () => setAsked(true),
    onPointerEnter: load,
    onFocus: load,
    'aria-haspopup': 'menu',
  });
  if (!asked) return closed;
  return (
    <Suspense fallback={closed}>
      <MenuPopup items={items} trigger={button} />
    </Suspense>
  );
}
