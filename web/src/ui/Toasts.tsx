import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import { Key } from './Button';

const STAYS = 8000;
const toasts = Toast.createToastManager();

/** Says what was done; with `undo` it can be taken back for as long as it stands. Errors are no toasts. */
export function say(text: string, undo?: { label: string; run: () => void }): void {
  toasts.add({
    description: text,
    timeout: STAYS,
    ...(undo ? { actionProps: { children: undo.label, onClick: undo.run } } : {}),
  });
}

export function Toasts({ label, close }: { label: string; close: string }) {
  return (
    <Toast.Provider toastManager={toasts} limit={3}>
      <Toast.Portal>
        <Toast.Viewport className="toasts" aria-label={label}>
          <List close={close} />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function List({ close }: { close: string }) {
  const { toasts: shown } = Toast.useToastManager();
  return shown.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} role="status" className="toast">
      <Toast.Description />
      {toast.actionProps && (
        <Toast.Action className="btn quiet">
          {toast.actionProps.children}
          <Key k="z" />
        </Toast.Action>
      )}
      <Toast.Close className="btn icon quiet" aria-label={close}>
        <X className="i s" aria-hidden="true" />
      </Toast.Close>
    </Toast.Root>
  ));
}
