/** Messages of what was done. What shows them is loaded with the first one; none is lost on the way. */
import { lazy, Suspense, useSyncExternalStore } from 'react';

export interface Said {
  text: string;
  undo?: { label: string; run: () => void } | undefined;
}

const ToastList = lazy(() => import('./ToastList'));
const waiting: Said[] = [];
const watchers = new Set<() => void>();
let shower: ((said: Said) => void) | null = null;
let needed = false;

/** Says what was done; with `undo` it can be taken back for as long as it stands. Errors are no toasts. */
export function say(text: string, undo?: Said['undo']): void {
  if (shower) {
    shower({ text, undo });
    return;
  }
  waiting.push({ text, undo });
  needed = true;
  for (const tell of watchers) tell();
}

export function listen(show: (said: Said) => void): () => void {
  shower = show;
  for (const said of waiting.splice(0)) show(said);
  return () => {
    shower = null;
  };
}

export function Toasts({ label, close }: { label: string; close: string }) {
  const shown = useSyncExternalStore(
    (tell) => {
      watchers.add(tell);
      return () => watchers.delete(tell);
    },
    () => needed,
  );
  if (!shown) return null;
  return (
    <Suspense fallback={null}>
      <ToastList label={label} close={close} />
    </Suspense>
  );
}
