/** A proposal's quantity, day and supplier, typed in its row: Enter agrees to them, Escape leaves them. */
import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useModel } from '../../api/model';
import { findRecords } from '../../record/FieldInput';
import { Button } from '../../ui/Button';
import { Labelled, TextInput } from '../../ui/inputs';
import { LookUp } from '../../ui/LookUp';
import { Problem } from '../../ui/notes';
import type { Figures } from './changing';

export interface Changing {
  figures: Figures;
  change: (by: Partial<Figures>) => void;
  agree: () => void;
  leave: () => void;
  busy: boolean;
}

/** What is clicked and typed here is the form's, not the row's. */
function Cell({ className = '', on, children }: { className?: string; on: Changing; children: ReactNode }) {
  return (
    <td
      className={`edit ${className}`}
      onClick={(e) => e.stopPropagation()}
      onKeyDown={(e: KeyboardEvent) => {
        if (e.defaultPrevented || (e.key !== 'Enter' && e.key !== 'Escape')) return;
        if (e.target instanceof HTMLButtonElement && e.key === 'Enter') return;
        e.preventDefault();
        e.stopPropagation();
        if (e.key === 'Enter') on.agree();
        else on.leave();
      }}
    >
      {children}
    </td>
  );
}

export function QuantityCell({ on }: { on: Changing }) {
  const { t } = useTranslation();
  return (
    <Cell on={on}>
      <Labelled label={t('desk.qty')} fault={on.figures.faults.quantity}>
        {(ids) => (
          <TextInput
            {...ids}
            autoFocus
            className="in num"
            inputMode="decimal"
            value={on.figures.quantity}
            onValue={(quantity) => on.change({ quantity })}
          />
        )}
      </Labelled>
    </Cell>
  );
}

export function DayCell({ on }: { on: Changing }) {
  const { t } = useTranslation();
  return (
    <Cell on={on}>
      <Labelled label={t('plan.day')} fault={on.figures.faults.due_on}>
        {(ids) => <TextInput {...ids} value={on.figures.day} onValue={(day) => on.change({ day })} />}
      </Labelled>
    </Cell>
  );
}

export function SupplierCell({ on }: { on: Changing }) {
  const { t } = useTranslation();
  const model = useModel();
  return (
    <Cell on={on}>
      <Labelled label={t('purchases.supplier')} fault={on.figures.faults.supplier_id}>
        {(ids) => (
          // Escape takes the typed name back, with it that nobody is called so.
          <span onKeyDownCapture={(e) => e.key === 'Escape' && on.change({ unknown: '' })}>
            <LookUp
              id={ids.id}
              described={ids['aria-describedby']}
              invalid={ids['aria-invalid'] === true}
              value={on.figures.supplier}
              find={(text, signal) => findRecords(model, 'Party', text, signal)}
              onPick={(option) =>
                on.change({ supplier: option && { id: Number(option.id), title: option.title }, unknown: '' })
              }
              onOpenText={(unknown) => on.change({ unknown })}
              nothing={t('look.nothing')}
            />
          </span>
        )}
      </Labelled>
    </Cell>
  );
}

/** Where no field is at fault, what is; on the telephone the two ways out. */
export function EndCell({ on }: { on: Changing }) {
  const { t } = useTranslation();
  const all = on.figures.faults.all;
  return (
    <Cell on={on} className="edit-end">
      {all && <Problem message={all.message} advice={all.advice ?? ''} />}
      <span className="phone line">
        <Button look="primary" disabled={on.busy} onClick={on.agree}>
          {t('plan.accept')}
        </Button>
        <Button onClick={on.leave}>{t('board.leave_it')}</Button>
      </span>
    </Cell>
  );
}
