import { Menu as Base } from '@base-ui/react/menu';
import type { ReactElement } from 'react';
import { Key } from './Button';
import type { Item } from './Menu';

export default function MenuPopup({ items, trigger }: { items: Item[]; trigger: ReactElement }) {
  return (
    <Base.Root defaultOpen>
      <Base.Trigger render={trigger} />
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
