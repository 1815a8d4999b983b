/** A dialog, loaded when the first one opens; its keys are heard from the first moment. */
import { lazy, Suspense } from 'react';
import type { DialogProps } from './DialogBox';
import { useActions } from './keys';

const DialogBox = lazy(() => import('./DialogBox'));

export function Dialog(props: DialogProps) {
  useActions(props.actions ?? [], { modal: true });
  return (
    <Suspense fallback={null}>
      <DialogBox {...props} />
    </Suspense>
  );
}
