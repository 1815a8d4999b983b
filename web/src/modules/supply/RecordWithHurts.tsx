/** Records of which somebody wants to know at once whom they hit: machines that stand, people who are away, goods on hold. */
import { type Entity, useEntity } from '../../api/model';
import { RecordPage } from '../../record/RecordPage';
import { type About, Hurts } from './Hurts';

interface OfRecord {
  id: number;
}

function RecordWithHurts({ about, id, days }: About & { days?: number }) {
  const entity = useEntity(about) as Entity;
  const hurts = <Hurts about={about} id={id} {...(days === undefined ? {} : { days })} />;
  return <RecordPage entity={entity} id={id} slots={() => ({ above: hurts })} />;
}

export const DowntimePage = ({ id }: OfRecord) => <RecordWithHurts about="Downtime" id={id} />;
export const AbsencePage = ({ id }: OfRecord) => <RecordWithHurts about="Absence" id={id} />;
export const InspectionPage = ({ id }: OfRecord) => <RecordWithHurts about="Inspection" id={id} />;
export const EmployeePage = ({ id }: OfRecord) => <RecordWithHurts about="Employee" id={id} days={1} />;
