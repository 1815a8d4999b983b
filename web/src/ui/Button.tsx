import type { ComponentProps, ReactNode } from 'react';
import { shownKey } from './keys';

export function Key({ k }: { k: string }) {
  return <kbd aria-hidden="true">{shownKey(k)}</kbd>;
}

interface Props extends Omit<ComponentProps<'button'>, 'children'> {
  children?: ReactNode;
  look?: 'primary' | 'quiet' | 'danger' | 'plain';
  /** The key that does the same; it stands on the button. */
  k?: string | undefined;
  icon?: ReactNode;
}

export function Button({ children, look = 'plain', k, icon, className = '', ...rest }: Props) {
  const shape = children ? '' : ' icon';
  const style = look === 'plain' ? '' : ` ${look}`;
  return (
    <button type="button" className={`btn${style}${shape} ${className}`} aria-keyshortcuts={k} {...rest}>
      {icon}
      {children}
      {k && <Key k={k} />}
    </button>
  );
}
