import { Menu as Base } from '@base-ui/react/menu';
import { MoreHorizontal } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import { Key } from './Button';

export interface Item {
  id: string;
  label: ReactNode;
  k?: string | undefined;
  run: () => void;
  danger?: boolean;
  checked?: boolean;
}

export function Menu({ label, items, trigger }: { label: string; items: Item[]; trigger?: ReactElement }) {
  if (items.length === 0) return null;
  const button = trigger ?? (
    <button type="button" className="btn icon quiet" aria-label={label}>
      <MoreHorizontal className="i" aria-hidden="true" />
    </button>
  );
  return (
    <Base.Root>
      <Base.Trigger render={button} />
      <Base.Portal>
        <Base.Positioner className="menu-place" sideOffset={4} align="end">
          <Base.Popup className="menu">
            {items.map((item) => (
              <Base.Item key={item.id} className={`opt ${item.danger ? 'bad' : ''}`} onClick={item.run}>
                {item.label}
                <span className="end">{item.checked ? '✓' : item.k && <Key k={item.k} />}</span>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
