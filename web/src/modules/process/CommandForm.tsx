/** What a command asks for, as a form of its own. */
import { useState } from 'react';
import type { Command, Field } from '../../api/model';
import { FieldInput } from '../../record/FieldInput';
import { Labelled } from '../../ui/inputs';

interface Props {
  command: Command;
  fields: Field[];
  value: Record<string, unknown>;
  onValue: (value: Record<string, unknown>) => void;
  onSubmit: () => void;
}

export function CommandForm({ command, fields, value, onValue, onSubmit }: Props) {
  const [titles, setTitles] = useState<Record<string, string>>({});
  return (
    <form
      className="run-form"
      aria-label={command.label}
      onSubmit={(e) => {
        e.preventDefault();
        onSubmit();
      }}
    >
      {fields.map((field) => (
        <Labelled key={field.name} label={field.label} required>
          {(ids) => (
            <FieldInput
              field={field}
              id={ids.id}
              value={value[field.name]}
              title={titles[field.name]}
              onValue={(next, title) => {
                onValue({ ...value, [field.name]: next });
                if (title) setTitles((all) => ({ ...all, [field.name]: title }));
              }}
            />
          )}
        </Labelled>
      ))}
      <button type="submit" className="sr" tabIndex={-1} aria-hidden="true" />
    </form>
  );
}
