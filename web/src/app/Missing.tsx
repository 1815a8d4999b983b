import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Button } from '../ui/Button';
import { Empty } from '../ui/notes';

export function Missing() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  return (
    <main className="page" id="main">
      <h1 className="sr">{t('missing.title')}</h1>
      <Empty
        title={t('missing.title')}
        action={<Button onClick={() => navigate({ to: '/today' })}>{t('today.title')}</Button>}
      >
        {t('missing.text')}
      </Empty>
    </main>
  );
}
