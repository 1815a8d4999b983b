import { Toast } from '@base-ui/react/toast';
import { X } from 'lucide-react';
import { useEffect } from 'react';
import { Key } from './Button';
import { listen, type Said } from './Toasts';

const STAYS = 8000;
const toasts = Toast.createToastManager();

/** Shows a message; it stays for a while, and for as long as somebody is on it. */
function show({ text, undo }: Said): void {
  toasts.add({
    description: text,
    timeout: STAYS,
    ...(undo ? { actionProps: { children: undo.label, onClick: undo.run } } : {}),
  });
}

export default function ToastList({ label, close }: { label: string; close: string }) {
  useEffect(() => listen(show), []);
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
