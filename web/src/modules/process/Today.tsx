/** One inbox for what wants me. */
import { useTranslation } from 'react-i18next';
import { useSession } from '../../api/session';
import { Top } from '../../record/Top';
import { longDay } from '../../ui/format';
import { Empty } from '../../ui/notes';

export default function Today() {
  const { t } = useTranslation();
  const session = useSession();
  return (
    <main className="page" id="main">
      <Top title={t('today.title')} />
      <div className="hello">
        <p className="big">{longDay(session.today)}</p>
      </div>
      <Empty title={t('today.nothing')}>{t('today.nothing_text')}</Empty>
    </main>
  );
}
