/** A value changed in its cell: Enter keeps it, Escape takes it back, a refusal stays beside it. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Refused, type Row } from '../api/client';
import { useSend } from '../api/commands';
import type { Entity, Field } from '../api/model';
import { FieldInput } from './FieldInput';
import { refTitle } from './Value';

export function CellEditor({
  entity,
  field,
  row,
  onDone,
}: {
  entity: Entity;
  field: Field;
  row: Row;
  onDone: () => void;
}) {
  const { t } = useTranslation();
  const send = useSend();
  const [value, setValue] = useState<unknown>(row[field.name]);
  const [title, setTitle] = useState(refTitle(row, field));
  const [fault, setFault] = useState('');

  async function keep(next: unknown) {
    if (next === row[field.name]) return onDone();
    try {
      await send(entity, {
        command: 'update',
        id: row.id,
        version: row.version ?? null,
        body: { [field.name]: next ?? null },
      });
      onDone();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      setFault(`${error.message} ${error.advice}`);
    }
  }

  return (
    <span className="cell-editor">
      <FieldInput
        field={field}
        label={field.label}
        value={value}
        title={title}
        autoFocus
        className="in cell-in"
        invalid={fault !== ''}
        onValue={(next, name) => {
          setValue(next);
          if (name) setTitle(name);
          // A record or choice that is picked is meant.
          if (field.kind === 'ref' || field.kind === 'choice' || field.kind === 'bool') void keep(next);
        }}
        onUnread={(text) => setFault(t('form.unread', { text }))}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onDone();
          else if (event.key === 'Enter' && !(field.kind === 'long_text' && event.shiftKey)) void keep(value);
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      {fault && (
        <span className="cell-fault" role="alert">
          {fault}
        </span>
      )}
    </span>
  );
}
