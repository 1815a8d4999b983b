/** Where nothing can be planned on yet: what belongs there, and the first step. */
import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useModel } from '../../api/model';
import { listPath } from '../../record/paths';
import { Button } from '../../ui/Button';
import { useActions } from '../../ui/keys';
import { Empty } from '../../ui/notes';

export function NoCenter() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const centers = useModel().entities.WorkCenter;
  const first = centers?.rights.create ? centers : undefined;
  const label = t('list.new', { what: first?.label ?? '' });
  const begin = () => first && void navigate({ to: `${listPath(first)}/new` });
  useActions(first ? [{ id: 'create', label, keys: ['c'], run: begin }] : []);
  const action = first && (
    <Button k="c" onClick={begin}>
      {label}
    </Button>
  );
  return (
    <Empty title={t('load.nothing')} action={action}>
      {t('load.nothing_text')}
    </Empty>
  );
}
